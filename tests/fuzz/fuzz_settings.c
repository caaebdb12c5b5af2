/* Any text as a theme and as settings: complaints never carry control bytes,
 * every key that an action was given has a name, and somebody can leave. */
#include "../../src/tui/keymap.h"
#include "../../src/tui/theme.h"

#include "sockstage/base/mem.h"
#include "sockstage/tui/config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static bool is_plain(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    }
    return true;
}

static void check_theme(const char *text)
{
    struct theme t;
    struct err e = {0};

    theme_defaults(&t);
    if (theme_read(&t, "x.ini", text, &e) < 0)
        require(is_plain(e.msg));
}

static void check_settings(const char *text)
{
    struct tui_config *c = tui_config_parse("config.ini", text);
    const struct keymap *map = tui_config_keys(c);

    for (size_t i = 0; tui_config_complaint(c, i); i++)
        require(is_plain(tui_config_complaint(c, i)));
    for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
        uint32_t key;
        for (size_t i = 0; (key = keymap_at(map, a, i)) != 0; i++)
            require(name_of_key(key).text[0] != '\0');
    }
    require(
        keymap_first(map, ACTION_QUIT) || keymap_first(map, ACTION_INTERRUPT));
    tui_config_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xmalloc(size + 1);

    memcpy(text, data, size);
    text[size] = '\0';
    check_theme(text);
    check_settings(text);
    free(text);
    return 0;
}
