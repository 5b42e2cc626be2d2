/* Calls by which a process reaches the disk, any of which can be told to fail or to be the moment of a Ctrl-C.

   Preloaded (LD_PRELOAD) into Python by tests/verification/faults.py. A point is a call and the path it concerns,
   below one folder; the nth time such a call is made, it is refused, once or from then on. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

typedef void (*Told)(const char *call, const char *path, int is_refused);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Told told;
static char root[PATH_MAX], wanted_call[16], wanted_path[PATH_MAX];
static size_t root_length;
static int wanted_error, is_for_good, has_happened;
static long wanted_time, times;
static __thread int is_inside;

/* What is told of every call below a folder; NULL stops it. */
void faults_watch(const char *folder, Told teller)
{
    snprintf(root, sizeof root, "%s/", folder);
    root_length = strlen(root);
    told = teller;
    wanted_call[0] = 0;
    times = has_happened = 0;
}

/* Which call is refused: with an error number, or, where that is 0, interrupted. */
void faults_refuse(const char *call, const char *path, long time, int error, int for_good)
{
    snprintf(wanted_path, sizeof wanted_path, "%s", path);
    snprintf(wanted_call, sizeof wanted_call, "%s", call);
    wanted_time = time;
    wanted_error = error;
    is_for_good = for_good;
}

int faults_happened(void) { return has_happened; }

static int takes_space(const char *call)
{
    return !strcmp(call, "open") || !strcmp(call, "write") || !strcmp(call, "mkdir") || !strcmp(call, "fsync") ||
           !strcmp(call, "truncate") || !strcmp(call, "link");
}

/* The error a call ends with, or 0 where it goes on. */
static int refused(const char *call, const char *path)
{
    int error = 0, is_now = 0;
    if (!told || is_inside || strncmp(path, root, root_length))
        return 0;
    is_inside = 1;
    int before = errno;
    pthread_mutex_lock(&lock);
    if (has_happened) {
        if (is_for_good && (wanted_error != ENOSPC || takes_space(call)))
            error = wanted_error;
    } else if (wanted_call[0] && !strcmp(call, wanted_call) && !strcmp(path + root_length, wanted_path)) {
        is_now = times++ == wanted_time;
        has_happened = is_now;
        error = is_now ? wanted_error : 0;
    }
    pthread_mutex_unlock(&lock);
    if (is_now || !wanted_call[0])
        told(call, path + root_length, is_now);
    if (is_now && !wanted_error)
        kill(getpid(), SIGINT);
    errno = error ? error : before;
    is_inside = 0;
    return error;
}

static const char *place_of(int handle, char *path)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    int before = errno;
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    errno = before;
    path[length < 0 ? 0 : length] = 0;
    /* A file without a name has a number, another one every time. */
    char *number = strstr(path, "/#");
    if (number && strstr(number, " (deleted)"))
        strcpy(number, "/nameless");
    return path;
}

static const char *place_at(int folder, const char *name, char *path)
{
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
        return path;
    }
    if (folder == AT_FDCWD) {
        if (!getcwd(path, PATH_MAX))
            path[0] = 0;
    } else
        place_of(folder, path);
    size_t length = strlen(path);
    snprintf(path + length, PATH_MAX - length, "/%s", name);
    return path;
}

static int is_there(int folder, const char *name)
{
    struct stat found;
    int before = errno, there = fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) == 0;
    errno = before;
    return there;
}

static int refused_at(const char *call, int folder, const char *name)
{
    char path[PATH_MAX];
    return told && name && refused(call, place_at(folder, name, path));
}

static int refused_of(const char *call, int handle)
{
    char path[PATH_MAX];
    return told && refused(call, place_of(handle, path));
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) \
        real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* A file opened to be read only is no write. */
#define OPEN(name) \
    int name(const char *path, int flags, ...) \
    { \
        REAL(name); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = va_arg(rest, mode_t); \
        va_end(rest); \
        if ((flags & (O_ACCMODE | O_CREAT)) && refused_at("open", AT_FDCWD, path)) \
            return -1; \
        return real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) \
    { \
        REAL(name); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = va_arg(rest, mode_t); \
        va_end(rest); \
        if ((flags & (O_ACCMODE | O_CREAT)) && refused_at("open", folder, path)) \
            return -1; \
        return real(folder, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)

#define FOPEN(name) \
    FILE *name(const char *path, const char *mode) \
    { \
        REAL(name); \
        if (strpbrk(mode, "wa+") && refused_at("open", AT_FDCWD, path)) \
            return NULL; \
        return real(path, mode); \
    }
FOPEN(fopen)
FOPEN(fopen64)

/* A disk that becomes full takes the first half yet. */
static size_t some_of(size_t count) { return is_for_good && wanted_error == ENOSPC && has_happened == 1 ? count / 2 : 0; }

ssize_t write(int handle, const void *content, size_t count)
{
    REAL(write);
    if (refused_of("write", handle)) {
        size_t some = some_of(count);
        has_happened = 2;
        return some ? real(handle, content, some) : -1;
    }
    return real(handle, content, count);
}

ssize_t writev(int handle, const struct iovec *parts, int count)
{
    REAL(writev);
    return refused_of("write", handle) ? -1 : real(handle, parts, count);
}

#define PWRITE(name, offset_type) \
    ssize_t name(int handle, const void *content, size_t count, offset_type offset) \
    { \
        REAL(name); \
        if (refused_of("write", handle)) { \
            size_t some = some_of(count); \
            has_happened = 2; \
            return some ? real(handle, content, some, offset) : -1; \
        } \
        return real(handle, content, count, offset); \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define OF_HANDLE(name, call) \
    int name(int handle) \
    { \
        REAL(name); \
        return refused_of(call, handle) ? -1 : real(handle); \
    }
OF_HANDLE(fsync, "fsync")
OF_HANDLE(fdatasync, "fsync")

int close(int handle)
{
    REAL(close);
    int is_refused = 0;
    if (told && !is_inside) {
        int before = errno, flags = fcntl(handle, F_GETFL);
        errno = before;
        is_refused = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && refused_of("close", handle);
    }
    if (!is_refused)
        return real(handle);
    int error = errno;
    real(handle);
    errno = error;
    return -1;
}

#define FTRUNCATE(name, length_type) \
    int name(int handle, length_type length) \
    { \
        REAL(name); \
        return refused_of("truncate", handle) ? -1 : real(handle, length); \
    }
FTRUNCATE(ftruncate, off_t)
FTRUNCATE(ftruncate64, off64_t)

#define TRUNCATE(name, length_type) \
    int name(const char *path, length_type length) \
    { \
        REAL(name); \
        return refused_at("truncate", AT_FDCWD, path) ? -1 : real(path, length); \
    }
TRUNCATE(truncate, off_t)
TRUNCATE(truncate64, off64_t)

int rename(const char *before, const char *after)
{
    REAL(rename);
    return refused_at("rename", AT_FDCWD, after) ? -1 : real(before, after);
}

int renameat(int from, const char *before, int to, const char *after)
{
    REAL(renameat);
    return refused_at("rename", to, after) ? -1 : real(from, before, to, after);
}

int link(const char *before, const char *after)
{
    REAL(link);
    return refused_at("link", AT_FDCWD, after) ? -1 : real(before, after);
}

int symlink(const char *before, const char *after)
{
    REAL(symlink);
    return refused_at("link", AT_FDCWD, after) ? -1 : real(before, after);
}

/* What is there already is not made again, and what is not there is not removed: the system says so first. */
int mkdir(const char *path, mode_t mode)
{
    REAL(mkdir);
    return !is_there(AT_FDCWD, path) && refused_at("mkdir", AT_FDCWD, path) ? -1 : real(path, mode);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    REAL(mkdirat);
    return !is_there(folder, path) && refused_at("mkdir", folder, path) ? -1 : real(folder, path, mode);
}

int unlink(const char *path)
{
    REAL(unlink);
    return is_there(AT_FDCWD, path) && refused_at("unlink", AT_FDCWD, path) ? -1 : real(path);
}

int unlinkat(int folder, const char *path, int flags)
{
    REAL(unlinkat);
    const char *call = flags & AT_REMOVEDIR ? "rmdir" : "unlink";
    return is_there(folder, path) && refused_at(call, folder, path) ? -1 : real(folder, path, flags);
}

int rmdir(const char *path)
{
    REAL(rmdir);
    return is_there(AT_FDCWD, path) && refused_at("rmdir", AT_FDCWD, path) ? -1 : real(path);
}

int chmod(const char *path, mode_t mode)
{
    REAL(chmod);
    return refused_at("chmod", AT_FDCWD, path) ? -1 : real(path, mode);
}

int fchmod(int handle, mode_t mode)
{
    REAL(fchmod);
    return refused_of("chmod", handle) ? -1 : real(handle, mode);
}
