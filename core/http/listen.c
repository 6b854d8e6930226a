#include "http/listen.h"

#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool refuse(struct sp_error *out_error, const char *text, const char *what, const char *why)
{
	snprintf(out_error->text, sizeof(out_error->text), "listener %s: %s%s%s", text, what,
	    *why != '\0' ? ": " : "", why);
	return false;
}

static struct sockaddr_in *inet4(struct place *address)
{
	return (struct sockaddr_in *)&address->storage;
}

static struct sockaddr_in6 *inet6(struct place *address)
{
	return (struct sockaddr_in6 *)&address->storage;
}

static bool address_local(const char *text, struct place *address, struct sp_error *out_error)
{
	struct sockaddr_un *local = (struct sockaddr_un *)&address->storage;
	const char *path = text + 5;

	if (*path != '/' || strlen(path) >= sizeof(local->sun_path))
		return refuse(out_error, text, "an absolute path of at most 107 bytes is wanted", "");
	local->sun_family = AF_UNIX;
	memcpy(local->sun_path, path, strlen(path) + 1);
	address->size = sizeof(*local);
	address->local = address->loopback = true;
	return true;
}

static bool address_any(const char *port, struct place *address)
{
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		close(fd);
	*inet6(address) = (struct sockaddr_in6){ .sin6_family = AF_INET6 };
	if (fd < 0)
		*inet4(address) = (struct sockaddr_in){ .sin_family = AF_INET };
	address->size = fd < 0 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	place_set_port(address, (unsigned)atoi(port));
	return true;
}

static bool address_numeric(const char *host, const char *port, struct place *address)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM }, *found;

	if (getaddrinfo(host, port, &hints, &found) != 0)
		return false;
	memcpy(&address->storage, found->ai_addr, found->ai_addrlen);
	address->size = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}

static void address_classify(struct place *address)
{
	struct peer source;
	static const uint8_t any[16], any4[16] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t one[16] = { [15] = 1 };

	peer_of((const struct sockaddr *)&address->storage, &source);
	address->wildcard = memcmp(source.address, any, 16) == 0 ||
	    memcmp(source.address, any4, 16) == 0;
	address->loopback = memcmp(source.address, one, 16) == 0 ||
	    (memcmp(source.address, any4, 12) == 0 && source.address[12] == 127);
}

bool place_parse(const char *text, struct place *out_address, struct sp_error *out_error)
{
	struct place address = { 0 };
	const char *colon = strrchr(text, ':');
	char host[PEER_TEXT + 2];

	if (strncmp(text, "unix:", 5) == 0) {
		if (!address_local(text, &address, out_error))
			return false;
		*out_address = address;
		return true;
	}
	size_t size = colon != NULL ? (size_t)(colon - text) : 0;
	if (size == 0 || size >= sizeof(host) || colon[1] == '\0' ||
	    colon[1 + strspn(colon + 1, "0123456789")] != '\0' || atol(colon + 1) > 65535)
		return refuse(out_error, text, "wanted is address:port, *:port or unix:/path", "");
	memcpy(host, text, size);
	host[size] = '\0';
	char *bare = host;
	if (host[0] == '[' && host[size - 1] == ']') {
		host[size - 1] = '\0';
		bare++;
	}
	bool fits = strcmp(host, "*") == 0 ? address_any(colon + 1, &address) :
	    address_numeric(bare, colon + 1, &address);
	if (!fits)
		return refuse(out_error, text, "not an address in numbers", "");
	address_classify(&address);
	*out_address = address;
	return true;
}

unsigned place_port(const struct place *address)
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&address->storage;

	/* The port is at the same place in both. */
	return address->local ? 0 : ntohs(six->sin6_port);
}

void place_set_port(struct place *address, unsigned port)
{
	inet6(address)->sin6_port = htons((uint16_t)port);
}

unsigned listen_port(int fd)
{
	struct place address = { .size = sizeof(address.storage) };

	getsockname(fd, (struct sockaddr *)&address.storage, &address.size);
	address.local = address.storage.ss_family == AF_UNIX;
	return place_port(&address);
}

static int socket_for(const struct place *address)
{
	static const int on = 1, off = 0;
	int fd = socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || address->local)
		return fd;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* Accepted sockets inherit it; without it TLS waits 40 ms for each reply. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (address->storage.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, address->wildcard ? &off : &on,
		    sizeof(on));
	return fd;
}

bool listen_free(const struct place *address, const char *text, struct sp_error *out_error)
{
	int fd = socket_for(address);
	bool fits = fd >= 0 && bind(fd, (const struct sockaddr *)&address->storage,
	    address->size) == 0;

	if (!fits)
		refuse(out_error, text, "cannot be bound", strerror(errno));
	if (fd >= 0)
		close(fd);
	return fits;
}

/* The folder is the lock of the door: whoever may write to it may put another socket there. */
static bool folder_fits(const char *path, const char *text, struct sp_error *out_error)
{
	char copy[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct stat folder;

	memcpy(copy, path, strlen(path) + 1);
	if (stat(dirname(copy), &folder) != 0)
		return refuse(out_error, text, "its folder", strerror(errno));
	if ((folder.st_mode & 027) != 0 || (folder.st_uid != 0 && folder.st_uid != geteuid()))
		return refuse(out_error, text, "its folder must be ours alone; chmod 700, or 750 "
		    "with a group", "");
	return true;
}

static bool socket_is_dead(const struct place *address, const char *path)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool dead = connect(fd, (const struct sockaddr *)&address->storage, address->size) != 0;
	struct stat file;

	close(fd);
	return dead && (lstat(path, &file) != 0 || S_ISSOCK(file.st_mode));
}

static bool bind_local(int fd, const struct place *address, const struct http_listener *set,
    struct sp_error *out_error)
{
	const char *path = set->address + 5;
	const struct group *group = set->group != NULL ? getgrnam(set->group) : NULL;

	if (set->group != NULL && group == NULL)
		return refuse(out_error, set->address, "no such group", set->group);
	if (!folder_fits(path, set->address, out_error))
		return false;
	if (!socket_is_dead(address, path))
		return refuse(out_error, set->address, "in use", "");
	unlink(path);
	mode_t mask = umask(0177);
	int failed = bind(fd, (const struct sockaddr *)&address->storage, address->size);
	umask(mask);
	if (failed != 0)
		return refuse(out_error, set->address, "cannot be bound", strerror(errno));
	if (group != NULL && (chown(path, (uid_t)-1, group->gr_gid) != 0 || chmod(path, 0660) != 0))
		return refuse(out_error, set->address, "cannot be given to the group",
		    strerror(errno));
	return true;
}

static bool bind_inet(int fd, const struct place *address, const char *text,
    struct sp_error *out_error)
{
	static const int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0 ||
	    bind(fd, (const struct sockaddr *)&address->storage, address->size) != 0)
		return refuse(out_error, text, "cannot be bound", strerror(errno));
	return true;
}

int listen_open(const struct place *address, const struct http_listener *set,
    struct sp_error *out_error)
{
	int fd = socket_for(address);
	bool bound;

	if (fd < 0) {
		refuse(out_error, set->address, "no socket", strerror(errno));
		return -1;
	}
	bound = address->local ? bind_local(fd, address, set, out_error) :
	    bind_inet(fd, address, set->address, out_error);
	if (bound && listen(fd, 1024) != 0)
		bound = refuse(out_error, set->address, "cannot listen", strerror(errno));
	if (bound)
		return fd;
	close(fd);
	return -1;
}

static bool same_place(const struct place *address, int fd)
{
	struct place other = { .size = sizeof(other.storage) };

	if (getsockname(fd, (struct sockaddr *)&other.storage, &other.size) != 0 ||
	    other.storage.ss_family != address->storage.ss_family)
		return false;
	if (address->local)
		return strcmp(((struct sockaddr_un *)&other.storage)->sun_path,
		    ((const struct sockaddr_un *)&address->storage)->sun_path) == 0;
	struct peer a, b;
	peer_of((const struct sockaddr *)&address->storage, &a);
	peer_of((struct sockaddr *)&other.storage, &b);
	return memcmp(a.address, b.address, 16) == 0 &&
	    place_port(address) == place_port(&other);
}

size_t listen_inherited(const struct place *address, int *out_fds, size_t most)
{
	static const int on = 1;
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	size_t count = 0;

	if (pid == NULL || fds == NULL || atol(pid) != (long)getpid())
		return 0;
	for (int fd = 3; fd < 3 + atoi(fds) && count < most; fd++) {
		if (!same_place(address, fd))
			continue;
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
		if (!address->local)
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		out_fds[count++] = fd;
	}
	return count;
}
