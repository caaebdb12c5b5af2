/* Inside the model: a whole folded model as flat bytes, and back. */
#ifndef MODEL_PACK_H
#define MODEL_PACK_H

#include "coder.h"
#include "sockstage/model/model.h"

/* Adds the model's bytes; models made by the same events give the same. */
void model_pack(const struct model *m, struct str *out);

/* Makes `m` (anything before) the packed model. False if these are no bytes of
 * model_pack(): then it is empty. */
bool model_unpack(const void *bytes, size_t len, struct model *m);

/* The parts, either way; pack_*.c. Before it is read, a part is empty. */
void process_code(struct coder *c, struct model *m);
void sock_code(struct coder *c, struct model *m);
void change_code(struct coder *c, struct model *m);
void recent_code(struct coder *c, struct model *m);
void traffic_code(struct coder *c, struct model *m);

#endif
