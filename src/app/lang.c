/* Locale and translations. Text is UTF-8 whatever locales the machine has
 * generated, and translations are found beside the program when it was not
 * installed. Numbers keep the C locale: they are read by programs. */
#include "app.h"

#include "sockstage/base/mem.h"
#include "sockstage/base/text.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void bind_translations(void)
{
    const char *dir = SOCKSTAGE_LOCALE_DIR;

    if (access(SOCKSTAGE_BUILD_LOCALE_DIR, R_OK) == 0)
        dir = SOCKSTAGE_BUILD_LOCALE_DIR;
    bindtextdomain("sockstage", dir);
    bind_textdomain_codeset("sockstage", "UTF-8");
    textdomain("sockstage");
}

static bool begins_with_ko(const char *name)
{
    return name && strncmp(name, "ko", 2) == 0;
}

/* The locale of messages: the first of these that is set and not empty (POSIX
 * XBD 8.2), also where the machine has no such locale. */
static const char *messages_locale(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
        const char *value = getenv(variables[i]);
        if (value && *value)
            return value;
    }
    return NULL;
}

const char *lang_open(const char *lang)
{
    const char *language = getenv("LANGUAGE");
    bool ko;

    if (!setlocale(LC_ALL, "") ||
        strcasecmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_ALL, "C.UTF-8");
    setlocale(LC_NUMERIC, "C");
    if (lang)
        ko = begins_with_ko(lang);
    else if (language && *language)
        ko = begins_with_ko(language);
    else
        ko = begins_with_ko(messages_locale());
    /* gettext(3) heeds LANGUAGE in any locale but plain "C". */
    setenv("LANGUAGE", ko ? "ko" : "en", 1);
    bind_translations();
    return ko ? "ko" : "en";
}
