/*
 * limits.c - what this machine can do at most, with nothing of Sallyport around it
 *
 *	bench-limits argon SECONDS THREADS KIB PASSES
 *	bench-limits lmdb SECONDS FOLDER GROUP APPENDED SIZE SCATTERED SIZE
 *	bench-limits txns FOLDER
 *	bench-limits http SECONDS PORT THREADS SIZE
 *	bench-limits verify SECONDS THREADS
 *	bench-limits sign SECONDS THREADS
 *
 * argon: verifications by the library that the server uses. lmdb: transactions of GROUP batches,
 * each of APPENDED puts at the end and SCATTERED ones anywhere (fractions are spread over the
 * batches), of so many bytes, synced to the disk. txns: how many transactions a database has seen.
 * http: answers any request with SIZE bytes; the driver is pointed at it as at the server.
 * verify, sign: of signatures by ES256, over as much as an access token is.
 * Each prints one JSON object.
 */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include <lmdb.h>
#include <netinet/in.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 256, OLD = 100000 };
enum { SCATTERED = 1, APPENDED };	/* kinds of keys, in their order */

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "bench-limits: %s\n", what);
	exit(1);
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_s(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
	    (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static void tell(unsigned long count, double began, double cpu)
{
	printf("{\"count\": %lu, \"seconds\": %.6f, \"cpu\": %.6f}\n", count, now_s() - began,
	    cpu_s() - cpu);
}

static unsigned threads_of(const char *text)
{
	unsigned long count = strtoul(text, NULL, 10);

	must(count >= 1 && count <= THREADS_MAX, "1 to 256 threads");
	return (unsigned)count;
}

/* argon */

struct hasher { pthread_t thread; const char *verifier; double until; unsigned long count; };

static const char password[] = "correct horse battery staple";

static void *hasher_run(void *arg)
{
	struct hasher *hasher = arg;

	while (now_s() < hasher->until) {
		must(crypto_pwhash_argon2id_str_verify(hasher->verifier, password,
		    strlen(password)) == 0, "argon: cannot verify");
		hasher->count++;
	}
	return NULL;
}

static void argon(char **args)
{
	static struct hasher hashers[THREADS_MAX];
	char verifier[crypto_pwhash_argon2id_STRBYTES];
	unsigned threads = threads_of(args[1]);
	unsigned long count = 0;

	must(sodium_init() >= 0 && crypto_pwhash_argon2id_str(verifier, password,
	    strlen(password), strtoull(args[3], NULL, 10),
	    strtoul(args[2], NULL, 10) * 1024) == 0, "argon: no such cost");
	double cpu = cpu_s(), began = now_s();
	for (unsigned i = 0; i < threads; i++) {
		hashers[i] = (struct hasher){ .verifier = verifier,
			.until = began + strtod(args[0], NULL) };
		must(pthread_create(&hashers[i].thread, NULL, hasher_run, &hashers[i]) == 0,
		    "argon: no thread");
	}
	for (unsigned i = 0; i < threads; i++) {
		pthread_join(hashers[i].thread, NULL);
		count += hashers[i].count;
	}
	tell(count, began, cpu);
}

/* verify */

struct verifier {
	pthread_t thread;
	EVP_PKEY *key;
	double until;
	unsigned long count;
};

static void sign_once(EVP_PKEY *key, const unsigned char text[256], unsigned char *signature,
    size_t *size)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	must(EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
	    EVP_DigestSign(context, signature, size, text, 256) == 1, "cannot sign");
	EVP_MD_CTX_free(context);
}

static void *signer_run(void *arg)
{
	struct verifier *signer = arg;
	unsigned char text[256] = "as long as an access token is", signature[80];

	for (; now_s() < signer->until; signer->count++) {
		size_t size = sizeof(signature);
		sign_once(signer->key, text, signature, &size);
	}
	return NULL;
}

static void *verifier_run(void *arg)
{
	struct verifier *verifier = arg;
	unsigned char text[256] = "as long as an access token is", signature[80];
	size_t size = sizeof(signature);

	sign_once(verifier->key, text, signature, &size);
	while (now_s() < verifier->until) {
		EVP_MD_CTX *context = EVP_MD_CTX_new();
		must(EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, verifier->key,
		    NULL) == 1 && EVP_DigestVerify(context, signature, size, text,
		    sizeof(text)) == 1, "verify: cannot verify");
		EVP_MD_CTX_free(context);
		verifier->count++;
	}
	return NULL;
}

static void signatures(char **args, void *(*run)(void *arg))
{
	static struct verifier verifiers[THREADS_MAX];
	EVP_PKEY *key = EVP_EC_gen("P-256");
	unsigned threads = threads_of(args[1]);
	unsigned long count = 0;

	must(key != NULL, "no key");
	double cpu = cpu_s(), began = now_s();
	for (unsigned i = 0; i < threads; i++) {
		verifiers[i] = (struct verifier){ .key = key,
			.until = began + strtod(args[0], NULL) };
		must(pthread_create(&verifiers[i].thread, NULL, run, &verifiers[i]) == 0,
		    "no thread");
	}
	for (unsigned i = 0; i < threads; i++) {
		pthread_join(verifiers[i].thread, NULL);
		count += verifiers[i].count;
	}
	EVP_PKEY_free(key);
	tell(count, began, cpu);
}

static void verify(char **args)
{
	signatures(args, verifier_run);
}

static void sign(char **args)
{
	signatures(args, signer_run);
}

/* lmdb */

struct bare {
	MDB_env *env;
	MDB_dbi dbi;
	double appended, scattered;	/* puts of one batch */
	double owed[2];			/* fractions of a put */
	uint64_t next, seed;
	MDB_val data[2];		/* of an appended one, of a scattered one */
};

static void bare_open(struct bare *bare, const char *folder)
{
	must(mkdir(folder, 0700) == 0, "lmdb: the folder must be new");
	must(mdb_env_create(&bare->env) == 0 &&
	    mdb_env_set_mapsize(bare->env, (size_t)8 << 30) == 0 &&
	    mdb_env_set_maxdbs(bare->env, 4) == 0 &&
	    mdb_env_open(bare->env, folder, MDB_NOTLS, 0600) == 0, "lmdb: cannot open");
}

static void key_make(uint8_t *key, uint8_t kind, uint64_t number)
{
	memset(key, 0x5a, 34);
	key[0] = 0;
	key[1] = kind;
	for (size_t i = 0; i < 8; i++)
		key[18 + i] = (uint8_t)(number >> (56 - 8 * i));
}

static void bare_put(struct bare *bare, MDB_txn *txn, uint8_t kind, uint64_t number)
{
	uint8_t bytes[34];
	MDB_val key = { sizeof(bytes), bytes };

	key_make(bytes, kind, number);
	must(mdb_put(txn, bare->dbi, &key, &bare->data[kind == SCATTERED], 0) == 0,
	    "lmdb: cannot put");
}

/* What is scattered is so among others: a store that has customers. */
static void bare_fill(struct bare *bare)
{
	MDB_txn *txn;

	must(mdb_txn_begin(bare->env, NULL, 0, &txn) == 0 &&
	    mdb_dbi_open(txn, "records", MDB_CREATE, &bare->dbi) == 0, "lmdb: cannot begin");
	for (uint64_t i = 0; i < OLD; i++)
		bare_put(bare, txn, SCATTERED, i << 32);
	must(mdb_txn_commit(txn) == 0, "lmdb: cannot commit");
}

static void bare_batch(struct bare *bare, MDB_txn *txn)
{
	bare->owed[0] += bare->appended;
	bare->owed[1] += bare->scattered;
	for (; bare->owed[0] >= 1; bare->owed[0]--)
		bare_put(bare, txn, APPENDED, bare->next++);
	for (; bare->owed[1] >= 1; bare->owed[1]--) {
		bare->seed = bare->seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
		bare_put(bare, txn, SCATTERED, (bare->seed >> 33) % OLD << 32);
	}
}

static void lmdb(char **args)
{
	static uint8_t zero[65536];
	struct bare bare = { .appended = strtod(args[3], NULL), .scattered = strtod(args[5], NULL),
		.data = { { strtoul(args[4], NULL, 10), zero },
			{ strtoul(args[6], NULL, 10), zero } } };
	unsigned long group = strtoul(args[2], NULL, 10), count = 0;
	MDB_txn *txn;

	must(bare.data[0].mv_size <= sizeof(zero) && bare.data[1].mv_size <= sizeof(zero) &&
	    group > 0, "lmdb: a group has at least one batch, a put at most 64 KiB");
	bare_open(&bare, args[1]);
	bare_fill(&bare);
	double cpu = cpu_s(), began = now_s(), until = began + strtod(args[0], NULL);
	while (now_s() < until) {
		must(mdb_txn_begin(bare.env, NULL, 0, &txn) == 0, "lmdb: cannot begin");
		for (unsigned long i = 0; i < group; i++)
			bare_batch(&bare, txn);
		must(mdb_txn_commit(txn) == 0, "lmdb: cannot commit");
		count += group;
	}
	tell(count, began, cpu);
	mdb_env_close(bare.env);
}

static void txns(char **args)
{
	MDB_env *env;
	MDB_envinfo info;

	must(mdb_env_create(&env) == 0 && mdb_env_open(env, args[0], MDB_RDONLY, 0600) == 0 &&
	    mdb_env_info(env, &info) == 0, "txns: cannot open");
	printf("{\"count\": %zu}\n", info.me_last_txnid);
	mdb_env_close(env);
}

/* http */

static struct { uint16_t port; char *reply; size_t size; double seconds; } web;

static void web_read(struct bufferevent *buffer, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(buffer);
	struct evbuffer_ptr end;

	(void)arg;
	while ((end = evbuffer_search(in, "\r\n\r\n", 4, NULL)).pos >= 0) {
		evbuffer_drain(in, (size_t)end.pos + 4);
		bufferevent_write(buffer, web.reply, web.size);
	}
}

static void web_event(struct bufferevent *buffer, short what, void *arg)
{
	(void)what, (void)arg;
	bufferevent_free(buffer);
}

static void web_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *address, int size, void *arg)
{
	struct bufferevent *buffer = bufferevent_socket_new(evconnlistener_get_base(listener), fd,
	    BEV_OPT_CLOSE_ON_FREE);

	(void)address, (void)size, (void)arg;
	must(buffer != NULL, "http: no memory");
	bufferevent_setcb(buffer, web_read, NULL, web_event, NULL);
	bufferevent_enable(buffer, EV_READ | EV_WRITE);
}

static void *web_run(void *arg)
{
	struct event_base *base = event_base_new();
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(web.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval left = { .tv_sec = (time_t)web.seconds };
	struct evconnlistener *listener = evconnlistener_new_bind(base, web_accept, NULL,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE | LEV_OPT_REUSEABLE_PORT, 1024,
	    (struct sockaddr *)&at, sizeof(at));

	(void)arg;
	must(listener != NULL, "http: cannot listen");
	event_base_loopexit(base, &left);
	event_base_dispatch(base);
	evconnlistener_free(listener);
	event_base_free(base);
	return NULL;
}

/* Of the size of the server's, head included. */
static void web_reply(size_t size)
{
	char head[128];

	must(size >= sizeof(head) && (web.reply = malloc(size)) != NULL, "http: too small");
	int length = snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	    "Content-Length: %zu\r\n\r\n", size - 70);
	must(length > 0 && (size_t)length <= 70, "http: too large");
	memset(web.reply, 'x', size);
	memcpy(web.reply, head, (size_t)length);
	web.size = size - 70 + (size_t)length;
}

static void http(char **args)
{
	pthread_t threads[THREADS_MAX];
	unsigned count = threads_of(args[2]);

	web.seconds = strtod(args[0], NULL);
	web.port = (uint16_t)strtoul(args[1], NULL, 10);
	web_reply(strtoul(args[3], NULL, 10));
	for (unsigned i = 0; i < count; i++)
		must(pthread_create(&threads[i], NULL, web_run, NULL) == 0, "http: no thread");
	for (unsigned i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	free(web.reply);
}

int main(int argc, char **argv)
{
	static const struct { const char *name; int count; void (*run)(char **args); } modes[] = {
		{ "argon", 4, argon }, { "lmdb", 7, lmdb }, { "txns", 1, txns },
		{ "http", 4, http }, { "verify", 2, verify }, { "sign", 2, sign },
	};

	for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(argv[1], modes[i].name) == 0 && argc == modes[i].count + 2) {
			modes[i].run(argv + 2);
			return 0;
		}
	}
	must(false, "usage: argon SECONDS THREADS KIB PASSES | lmdb SECONDS FOLDER GROUP APPENDED "
	    "SIZE SCATTERED SIZE | txns FOLDER | http SECONDS PORT THREADS SIZE | verify SECONDS "
	    "THREADS");
	return 1;
}
