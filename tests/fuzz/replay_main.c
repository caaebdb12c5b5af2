/* main() of a fuzz target where libFuzzer is not there: hands every file of
 * the folders named on the command line to the target, after an empty input. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy on the heap of exactly that size lets ASan see every overread. */
static int replay_file(const char *path)
{
    struct stat st;
    int rc = -1;
    uint8_t *data = NULL;
    FILE *file = fopen(path, "rb");

    if (!file || fstat(fileno(file), &st) != 0)
        goto out;
    if (!S_ISREG(st.st_mode)) {
        rc = 0;
        goto out;
    }
    size_t size = (size_t)st.st_size;
    data = malloc(size ? size : 1);
    if (!data || fread(data, 1, size, file) != size)
        goto out;
    LLVMFuzzerTestOneInput(data, size);
    rc = 0;
out:
    if (rc != 0)
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    free(data);
    if (file)
        fclose(file);
    return rc;
}

static int replay_folder(const char *folder)
{
    struct dirent *entry;
    char path[4096];
    int rc = 0;
    DIR *dir = opendir(folder);

    if (!dir) {
        fprintf(stderr, "%s: %s\n", folder, strerror(errno));
        return -1;
    }
    while ((entry = readdir(dir))) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        rc |= replay_file(path);
    }
    closedir(dir);
    return rc;
}

int main(int argc, char **argv)
{
    static const uint8_t nothing[1];
    int rc = 0;

    LLVMFuzzerTestOneInput(nothing, 0);
    for (int i = 1; i < argc; i++)
        rc |= replay_folder(argv[i]);
    return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
