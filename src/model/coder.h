/* Inside the model: packs structs field by field, so that neither padding nor
 * what is left behind a text's end gets into the bytes. One function for each
 * struct serves both ways: it writes the fields or reads them, as the coder
 * does. What is read is checked, as a file's bytes are. */
#ifndef CODER_H
#define CODER_H

#include "sockstage/base/str.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define CODER_RECORD_MAX 1280

struct coder {
    bool reading;
    bool bad;                              /* read: not what was written */
    struct str *out;                       /* writing */
    const uint8_t *at, *end;               /* reading */
    size_t used;                           /* of `record` */
    size_t size;                           /* of `record`, when reading */
    uint64_t record[CODER_RECORD_MAX / 8]; /* the struct at hand */
    uint64_t before[CODER_RECORD_MAX / 8]; /* the one before it in its list */
};

void coder_write(struct coder *c, struct str *out);
void coder_read(struct coder *c, const void *bytes, size_t len);
/* All has been read, and nothing of it was bad. */
bool coder_is_done(const struct coder *c);

/* ---- between records ----------------------------------------------------- */

void code_number(struct coder *c, uint64_t *number);
/* The length of a list, at most `max`; then come its records. Returns it, 0 if
 * it is bad. */
size_t code_list(struct coder *c, size_t len, size_t max);
/* A text of its own or NULL; the one that is read belongs to the caller. */
void code_text(struct coder *c, char **text);

/* ---- a record ------------------------------------------------------------ */

/* Most records are like the one before in their list: only the difference is
 * kept. */
void coder_begin(struct coder *c);
void coder_end(struct coder *c);

/* In a record: an integer of any size, or bytes. */
static inline void code_bytes(struct coder *c, void *field, size_t size)
{
    uint8_t *at = (uint8_t *)c->record + c->used;

    assert(c->used + size <= sizeof c->record);
    c->used += size;
    if (c->reading)
        memcpy(field, at, size);
    else
        memcpy(at, field, size);
}

#define CODE(c, field) code_bytes(c, &(field), sizeof(field))

static inline void code_flag(struct coder *c, bool *flag)
{
    uint8_t byte = *flag;

    CODE(c, byte);
    c->bad |= byte > 1;
    *flag = byte == 1;
}

/* A number that must be at most `max`. */
static inline void code_count(struct coder *c, size_t *count, size_t max)
{
    uint16_t number = (uint16_t)*count;

    CODE(c, number);
    c->bad |= number > max;
    *count = number > max ? 0 : number;
}

/* A value of an enumeration that has `count` of them, from 0 on. */
static inline unsigned code_choice(
    struct coder *c, unsigned value, unsigned count)
{
    uint8_t byte = (uint8_t)value;

    CODE(c, byte);
    c->bad |= byte >= count;
    return byte >= count ? 0 : byte;
}

/* A text in an array of that size. */
void code_array_text(struct coder *c, char *text, size_t size);

#endif
