/* Writes JSON to a growing text, member by member, without printf(3): a bulk
 * transfer that is recorded spends its time here. It does not look at what it
 * is told to write where: keys and values in turn are the caller's business. */
#ifndef SOCKSTAGE_MODEL_JSON_OUT_H
#define SOCKSTAGE_MODEL_JSON_OUT_H

#include "sockstage/base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* '{' or '[', and its end. */
void json_out_open(struct str *out, char bracket);
void json_out_close(struct str *out, char bracket);

/* `key` is the text as it will stand there: "\"id\":". A comma is put before
 * it (and before an item of a list) if it is not the first. */
void json_out_key(struct str *out, const char *key, size_t len);
void json_out_item(struct str *out);

void json_out_null(struct str *out);
void json_out_bool(struct str *out, bool b);
/* Most readers take no more than 64 bits with a sign: what is larger becomes
 * INT64_MAX. */
void json_out_u64(struct str *out, uint64_t n);
void json_out_i64(struct str *out, int64_t n);
/* n / 10^digits, exactly, and always with a point: "0.0", "0.102345678". */
void json_out_fixed(struct str *out, uint64_t n, unsigned digits);
/* NULL becomes null; what is no UTF-8 becomes U+FFFD, byte by byte. */
void json_out_text(struct str *out, const char *text);
/* Base64 in quotes: RFC 4648, section 4. */
void json_out_base64(struct str *out, const uint8_t *data, size_t len);

#endif
