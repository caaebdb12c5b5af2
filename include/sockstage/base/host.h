/* The two hosts of the stage. */
#ifndef SOCKSTAGE_BASE_HOST_H
#define SOCKSTAGE_BASE_HOST_H

enum host { HOST_CLIENT, HOST_SERVER };
#define HOST_COUNT 2

const char *host_name(enum host host); /* "client", "server" */
enum host host_other(enum host host);

#endif
