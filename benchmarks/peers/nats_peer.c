/* A hand-written JetStream stream processor: libnats + Lua 5.4 + lua-cjson.
 *
 *   nats_peer URL load FILE [id]  publishes every line to "in" without waiting for each; "id": each
 *                                 with a Nats-Msg-Id, which is what the broker can do
 *   nats_peer URL run N BATCH     fetches "in", transforms, publishes to "out", then acknowledges
 *
 * "run" is at least once: a batch is acknowledged only after every publish made from it was, and
 * the next batch is fetched and transformed meanwhile. Each output has a Nats-Msg-Id of its input's
 * sequence number, so that a redelivery is not stored twice.
 * Build: cc -O2 nats_peer.c -o nats_peer -I/usr/include/lua5.4 -lnats -llua5.4 -lpthread
 */
#include <nats/nats.h>
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void ck(natsStatus s, const char *what)
{
    if (s != NATS_OK) {
        fprintf(stderr, "%s: %s\n", what, natsStatus_GetText(s));
        exit(1);
    }
}

static volatile long failed_publishes;

static void on_pub_err(jsCtx *js, jsPubAckErr *pae, void *closure)
{
    (void)js; (void)closure;
    if (failed_publishes++ == 0)
        fprintf(stderr, "publish failed: %s\n", pae->ErrText ? pae->ErrText : "?");
}

static natsConnection *nc;
static jsCtx *js;

static void open_js(const char *url)
{
    natsOptions *o = NULL;
    jsOptions jo;
    ck(natsOptions_Create(&o), "options");
    natsOptions_SetURL(o, url);
    natsOptions_SetMaxPendingMsgs(o, 10000000);
    ck(natsConnection_Connect(&nc, o), "connect");
    natsOptions_Destroy(o);
    jsOptions_Init(&jo);
    jo.PublishAsync.MaxPending = 8000;
    jo.PublishAsync.ErrHandler = on_pub_err;
    ck(natsConnection_JetStream(&js, nc, &jo), "jetstream");
}

static void add_stream(const char *name)
{
    jsStreamConfig c;
    const char *subjects[1] = {name};
    jsErrCode jerr = 0;
    jsStreamConfig_Init(&c);
    c.Name = name;
    c.Subjects = subjects;
    c.SubjectsLen = 1;
    c.Storage = js_FileStorage;
    c.Duplicates = 120LL * 1000000000LL;
    natsStatus s = js_AddStream(NULL, js, &c, NULL, &jerr);
    if (s != NATS_OK && jerr != 10058)
        ck(s, "add stream");
}

static lua_State *L;
static int fn_ref;

static void open_lua(const char *dir)
{
    char path[4096];
    L = luaL_newstate();
    luaL_openlibs(L);
    snprintf(path, sizeof path, "%s/transform_fn.lua", dir);
    if (luaL_loadfile(L, path) || lua_pcall(L, 0, 1, 0)) {
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
        exit(1);
    }
    fn_ref = luaL_ref(L, LUA_REGISTRYINDEX);
}

/* Leaves the result on the Lua stack; returns NULL when the event is dropped. */
static const char *transform(const char *data, size_t len, size_t *outlen)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, fn_ref);
    lua_pushlstring(L, data, len);
    if (lua_pcall(L, 1, 1, 0)) {
        fprintf(stderr, "lua: %s\n", lua_tostring(L, -1));
        exit(1);
    }
    return lua_isnil(L, -1) ? NULL : lua_tolstring(L, -1, outlen);
}

static void wait_publishes(void)
{
    jsPubOptions po;
    jsPubOptions_Init(&po);
    po.MaxWait = 30000;
    ck(js_PublishAsyncComplete(js, &po), "publish complete");
    if (failed_publishes) {
        fprintf(stderr, "%ld publishes failed\n", failed_publishes);
        exit(1);
    }
}

static int cmd_load(const char *file, bool ids)
{
    FILE *f = fopen(file, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    long count = 0;
    if (!f) { perror(file); return 1; }
    add_stream("in");
    add_stream("out");
    double t0 = now();
    while ((n = getline(&line, &cap, f)) > 0) {
        if (line[n - 1] == '\n') n--;
        jsPubOptions po;
        char id[32];
        jsPubOptions_Init(&po);
        snprintf(id, sizeof id, "load-%ld", count);
        if (ids) po.MsgId = id;
        ck(js_PublishAsync(js, "in", line, (int)n, &po), "publish");
        count++;
    }
    wait_publishes();
    printf("load %ld %.6f\n", count, now() - t0);
    return 0;
}

static natsSubscription *pull_sub(void)
{
    natsSubscription *sub = NULL;
    jsSubOptions so;
    jsSubOptions_Init(&so);
    so.Stream = "in";
    so.ManualAck = true;
    so.Config.AckPolicy = js_AckExplicit;
    so.Config.MaxAckPending = 20000;
    so.Config.AckWait = 30LL * 1000000000LL;
    ck(js_PullSubscribe(&sub, js, "in", "work", NULL, &so, NULL), "pull subscribe");
    return sub;
}

static void ack_list(natsMsgList *list)
{
    if (list->Count == 0) return;
    for (int i = 0; i < list->Count; i++)
        ck(natsMsg_Ack(list->Msgs[i], NULL), "ack");
    natsMsgList_Destroy(list);
}

static int cmd_run(long total, int batch)
{
    natsSubscription *sub = pull_sub();
    natsMsgList prev = {0}, cur = {0};
    natsMsg **outs = calloc(batch, sizeof *outs);
    long done = 0, emitted = 0;
    double t0 = now();
    while (done < total) {
        jsErrCode jerr = 0;
        natsStatus s = natsSubscription_Fetch(&cur, sub, batch, 5000, &jerr);
        if (s == NATS_TIMEOUT) continue;
        ck(s, "fetch");
        int k = 0;
        for (int i = 0; i < cur.Count; i++) {
            size_t n = 0;
            natsMsg *in = cur.Msgs[i];
            const char *o = transform(natsMsg_GetData(in), natsMsg_GetDataLength(in), &n);
            if (o) {
                ck(natsMsg_Create(&outs[k], "out", NULL, o, (int)n), "msg");
                jsMsgMetaData *md = NULL;
                char id[64];
                ck(natsMsg_GetMetaData(&md, cur.Msgs[i]), "meta");
                snprintf(id, sizeof id, "work-%llu", (unsigned long long)md->Sequence.Stream);
                jsMsgMetaData_Destroy(md);
                ck(natsMsgHeader_Set(outs[k], "Nats-Msg-Id", id), "header");
                k++;
            }
            lua_pop(L, 1);
        }
        if (prev.Count) {
            wait_publishes();
            ack_list(&prev);
        }
        for (int i = 0; i < k; i++)
            ck(js_PublishMsgAsync(js, &outs[i], NULL), "publish");
        emitted += k;
        done += cur.Count;
        prev = cur;
        memset(&cur, 0, sizeof cur);
    }
    wait_publishes();
    if (prev.Count) ack_list(&prev);
    natsConnection_Flush(nc);
    printf("run %ld %ld %.6f\n", done, emitted, now() - t0);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 4) return 2;
    open_js(argv[1]);
    if (!strcmp(argv[2], "load")) return cmd_load(argv[3], argc > 4);
    if (strcmp(argv[2], "run") || argc < 5) return 2;
    open_lua(getenv("PEER_SCRIPTS"));
    return cmd_run(atol(argv[3]), atoi(argv[4]));
}
