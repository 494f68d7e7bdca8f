/* Producers of single events over a UNIX socket, all at once in one thread: each sends its next
   event when it has the answer to the one before.
   producers SOCKET STATION PRODUCERS SECONDS  prints how many events were answered. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PRODUCERS_MAX = 1024, ANSWER_BYTES = 4096 };

typedef struct {
    int socket;
    size_t length;
    char answer[ANSWER_BYTES];
} producer;

static producer producers[PRODUCERS_MAX];

static void give_up(const char *what) {
    fprintf(stderr, "producers: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void produce(producer *one, const char *station, long number) {
    char body[512];
    char request[1024];
    const int bytes = snprintf(
        body, sizeof body,
        "{\"number\":%ld,\"sensor\":\"s-%ld\",\"reading\":21.5,\"text\":\"%0150d\"}", number,
        number % 1000, 7);
    const int length = snprintf(
        request, sizeof request,
        "POST /v1/stations/%s/events HTTP/1.1\r\nhost: moonrail\r\n"
        "content-type: application/json\r\ncontent-length: %d\r\n\r\n%s",
        station, bytes, body);
    one->length = 0;
    if (send(one->socket, request, (size_t)length, MSG_NOSIGNAL) != length) give_up("send");
}

/* Whether the whole answer is there. */
static int is_answered(producer *one) {
    const ssize_t count = recv(
        one->socket, one->answer + one->length, ANSWER_BYTES - 1 - one->length, 0);
    if (count <= 0) give_up("receive");
    one->length += (size_t)count;
    one->answer[one->length] = 0;
    const char *end = strstr(one->answer, "\r\n\r\n");
    if (end == NULL) return 0;
    if (strncmp(one->answer, "HTTP/1.1 201", 12) != 0) {
        fprintf(stderr, "producers: %s\n", one->answer);
        exit(1);
    }
    const char *announced = strcasestr(one->answer, "content-length:");
    if (announced == NULL || announced > end) give_up("an answer without a length");
    const size_t body = strtoul(announced + 15, NULL, 10);
    return one->length >= (size_t)(end + 4 - one->answer) + body;
}

int main(int count, char **arguments) {
    if (count != 5) return 2;
    const int wanted = atoi(arguments[3]);
    const double seconds = atof(arguments[4]);
    if (wanted < 1 || wanted > PRODUCERS_MAX) return 2;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", arguments[1]);
    const int poll = epoll_create1(0);
    long sent = 0;
    long answered = 0;
    for (int i = 0; i < wanted; i++) {
        producers[i].socket = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(producers[i].socket, (struct sockaddr *)&address, sizeof address) != 0)
            give_up("connect");
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (unsigned)i};
        epoll_ctl(poll, EPOLL_CTL_ADD, producers[i].socket, &event);
        produce(&producers[i], arguments[2], sent++);
    }
    const double end = now() + seconds;
    while (now() < end) {
        struct epoll_event events[64];
        const int ready = epoll_wait(poll, events, 64, 1000);
        for (int i = 0; i < ready; i++) {
            producer *one = &producers[events[i].data.u32];
            if (!is_answered(one)) continue;
            answered++;
            produce(one, arguments[2], sent++);
        }
    }
    printf("%ld\n", answered);
    return 0;
}
