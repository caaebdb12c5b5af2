/* A folder of its own for each test, and the menu of formats by name. */
#include "files.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

void files_enter(void)
{
    snprintf(folder, sizeof folder, "/tmp/sockstage-save-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
}

/* The next entry that is a file; NULL at the end. */
static const char *next_file(DIR *d)
{
    struct dirent *entry;

    while ((entry = readdir(d)) != NULL) {
        struct stat st;
        if (stat(entry->d_name, &st) == 0 && S_ISREG(st.st_mode))
            return entry->d_name;
    }
    return NULL;
}

void files_leave(void)
{
    DIR *d = opendir(".");
    const char *name;

    assert_non_null(d);
    while ((name = next_file(d)) != NULL)
        unlink(name);
    closedir(d);
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(rmdir(folder), 0);
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

char *files_only(const char *ending)
{
    DIR *d = opendir(".");
    const char *name;
    char *found = NULL;
    int count = 0;

    assert_non_null(d);
    while ((name = next_file(d)) != NULL) {
        if (!ends_with(name, ending))
            continue;
        count++;
        free(found);
        found = strdup(name);
    }
    closedir(d);
    if (count == 1)
        return found;
    free(found);
    return NULL;
}

size_t files_count(void)
{
    DIR *d = opendir(".");
    size_t count = 0;

    assert_non_null(d);
    while (next_file(d))
        count++;
    closedir(d);
    return count;
}

char *files_text(const char *name)
{
    FILE *f = fopen(name, "r");
    size_t len = 0;
    char *text = NULL;

    assert_non_null(f);
    if (getdelim(&text, &len, '\0', f) < 0) {
        free(text);
        text = strdup("");
    }
    fclose(f);
    assert_non_null(text);
    return text;
}

size_t files_lines(const char *name, const char *text)
{
    char *all = files_text(name), *rest = all, *line;
    size_t count = 0;

    while ((line = strsep(&rest, "\n")) != NULL)
        count += strstr(line, text) != NULL;
    free(all);
    return count;
}

void files_write_long(const char *name, int lines)
{
    FILE *f = fopen(name, "w");

    assert_non_null(f);
    fputs("{\"t\":0,\"event\":\"stage\",\"version\":1,\"opened\":7,"
          "\"wire\":\"private\",\"kernel\":\"6.1\",\"hosts\":{\"client\":"
          "[\"10.0.0.2\"],\"server\":[\"10.0.0.1\"]},\"program\":\"x\"}\n",
        f);
    for (int i = 0; i < lines; i++)
        fprintf(f,
            "{\"t\":%d.5,\"event\":\"output\",\"process\":\"c1\",\"stream\":"
            "\"stdout\",\"text\":\"%060d\"}\n",
            i, i);
    assert_int_equal(fclose(f), 0);
}

/* The row of the menu that begins so, after its frame; -1: there is none. */
static int row_of(const char *screen, const char *beginning)
{
    const char *at = strstr(screen, beginning);
    int row = 0;

    if (!at)
        return -1;
    for (const char *p = screen; p < at; p++)
        row += *p == '\n';
    return row;
}

bool files_choose(struct term *t, const char *format)
{
    char wanted[32], selected[32];
    char *screen;
    int from, to;

    snprintf(wanted, sizeof wanted, "│  %s ", format);
    snprintf(selected, sizeof selected, "│▸ %s ", format);
    term_keys(t, "S");
    if (!term_wait(t, "What to save?") || !term_wait(t, "Enter this one"))
        return false;
    screen = term_dump(t);
    from = row_of(screen, "│▸ ");
    to = row_of(screen, wanted);
    free(screen);
    for (int row = from; to >= 0 && row < to; row++)
        term_keys(t, "\033[B");
    if (!term_wait(t, selected))
        return false;
    term_keys(t, "\r");
    return term_wait(t, "save as: ") && term_wait(t, "Enter write it");
}
