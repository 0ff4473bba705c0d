/* The one executable file: a small program with everything else, compressed, behind it.
 *
 * It unpacks that once into the user's cache and then becomes the Python in there. Promises: what is run is whole (each
 * file has the size and the time that it was unpacked with), an unpacking that was killed, a full disk and two first
 * starts at once leave nothing half done, and folders of other versions are removed once nobody runs from them.
 *
 * Behind the program stands the archive, compressed by zstd, and at the very end the trailer: 16 characters that name
 * the archive, its length in 8 bytes, little-endian, and MAGIC. The archive is a row of entries: type ('f', 'x' for an
 * executable file, 'd', 'l' for a link, 'e' for the end), the length of the path in 2 bytes, that of the content in 8,
 * path, content.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <zstd.h>

#define MAGIC "tellme-1"
#define ID_LENGTH 16
#define LENGTH_AT ID_LENGTH
#define MAGIC_AT (LENGTH_AT + 8)
#define TRAILER (MAGIC_AT + 8)
#define EXIT_FAILED 3
#define INDEX "index" /* size, time and path of each file; written last */
#define INDEX_END "end\n"
#define LOCK "in-use" /* locked, shared, by each process that runs from the folder */
#define ROOM (PATH_MAX + 512)

/* The lock is this process's alone, and not for the bots; the path is what people call, as in an installed script. */
#define CODE                                                                                                           \
    "import os, sys; os.set_inheritable(int(sys.argv.pop(1)), False); del sys.argv[0]; "                               \
    "from tellme.__main__ import main; main()"

static char id[ID_LENGTH + 1];
static off_t archive_begin, archive_length;
static char root[PATH_MAX];   /* where all versions are unpacked */
static char folder[PATH_MAX]; /* where this one is */
static char fresh[PATH_MAX];  /* what is being filled, and removed if that fails */
static char why_not[ROOM];    /* why the first place cannot be used */

/* What people are told --------------------------------------------------------------------------------------------- */

static void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

static void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("tellme: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(EXIT_FAILED);
}

static void damaged(void) __attribute__((noreturn));

static void damaged(void)
{
    fail("this file is not whole: download it again");
}

static void join(char *target, const char *directory, const char *name)
{
    if (snprintf(target, PATH_MAX, "%s/%s", directory, name) >= PATH_MAX)
        fail("the path %s/%s is too long", directory, name);
}

/* This file -------------------------------------------------------------------------------------------------------- */

/* The path by which it was called, absolute, links not followed: what belongs into other programs' settings. */
static void find_own_path(char *path)
{
    const char *called = (const char *)getauxval(AT_EXECFN);
    char current[PATH_MAX];
    if (called && *called == '/' && strncmp(called, "/dev/fd/", 8) != 0)
        snprintf(path, PATH_MAX, "%s", called);
    else if (called && *called != '/' && getcwd(current, sizeof current))
        join(path, current, strncmp(called, "./", 2) == 0 ? called + 2 : called);
    else {
        ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
        path[length > 0 ? length : 0] = '\0';
    }
}

static int open_own_file(const char *path)
{
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (self < 0)
        self = open(path, O_RDONLY | O_CLOEXEC);
    if (self < 0)
        fail("cannot read its own file %s: %s", path, strerror(errno));
    return self;
}

static uint64_t number(const unsigned char *bytes, int count)
{
    uint64_t value = 0;
    while (count--)
        value = value << 8 | bytes[count];
    return value;
}

static void read_trailer(int self)
{
    unsigned char trailer[TRAILER];
    off_t end = lseek(self, 0, SEEK_END);
    if (end < TRAILER || pread(self, trailer, TRAILER, end - TRAILER) != TRAILER ||
        memcmp(trailer + MAGIC_AT, MAGIC, TRAILER - MAGIC_AT) != 0)
        damaged();
    uint64_t length = number(trailer + LENGTH_AT, 8);
    if (length > (uint64_t)(end - TRAILER))
        damaged();
    memcpy(id, trailer, ID_LENGTH);
    archive_length = (off_t)length;
    archive_begin = end - TRAILER - archive_length;
}

/* What was unpacked before ----------------------------------------------------------------------------------------- */

/* Ours, no link, and nobody else may write there: what lies in it is run. */
static int is_private(const char *path)
{
    struct stat found;
    return lstat(path, &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == geteuid() && !(found.st_mode & 022);
}

static int is_root_private(void)
{
    char parent[PATH_MAX];
    snprintf(parent, sizeof parent, "%s", root);
    *strrchr(parent, '/') = '\0';
    return is_private(parent) && is_private(root);
}

/* Reads a whole file; NULL where that cannot be done. */
static char *read_file(int directory, const char *name)
{
    struct stat found;
    char *text = NULL;
    int file = openat(directory, name, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return NULL;
    if (fstat(file, &found) == 0 && (text = malloc((size_t)found.st_size + 1)) != NULL) {
        text[found.st_size] = '\0';
        if (read(file, text, (size_t)found.st_size) != found.st_size) {
            free(text);
            text = NULL;
        }
    }
    close(file);
    return text;
}

struct part {
    int directory;
    char *line, *end; /* of the index */
    int whole;
};

/* Reads one line of the index, and sets `line` to the next. */
static int is_as_unpacked(int directory, char **line)
{
    char *name, *end = strchr(*line, '\n');
    struct stat found;
    long long size = strtoll(*line, &name, 10), seconds = strtoll(name, &name, 10), rest = strtoll(name, &name, 10);
    if (end == NULL || *name != ' ')
        return 0;
    *end = '\0';
    *line = end + 1;
    return fstatat(directory, name + 1, &found, AT_SYMLINK_NOFOLLOW) == 0 && found.st_size == size &&
           found.st_mtim.tv_sec == seconds && found.st_mtim.tv_nsec == rest;
}

static void *check_part(void *of)
{
    struct part *part = of;
    part->whole = 1;
    while (part->whole && part->line < part->end)
        part->whole = is_as_unpacked(part->directory, &part->line);
    return NULL;
}

/* Some thousand files: on two processors it takes half the time, and a person waits for it at each start. */
static int is_all_there(int directory, char *index, char *end)
{
    char *half = memchr(index + (end - index) / 2, '\n', (size_t)(end - index) - (size_t)(end - index) / 2);
    half = half ? half + 1 : end;
    struct part first = {directory, index, half, 0}, second = {directory, half, end, 0};
    pthread_t other;
    int alone = pthread_create(&other, NULL, check_part, &second) != 0;
    check_part(&first);
    if (alone)
        check_part(&second);
    else
        pthread_join(other, NULL);
    return first.whole && second.whole;
}

static int is_whole(void)
{
    int directory = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    char *index = directory < 0 ? NULL : read_file(directory, INDEX);
    size_t length = index ? strlen(index) : 0, end = strlen(INDEX_END);
    int whole = length > end && strcmp(index + length - end, INDEX_END) == 0 &&
                is_all_there(directory, index, index + length - end);
    free(index);
    if (directory >= 0)
        close(directory);
    return whole;
}

/* Takes the folder for as long as this process lives, whatever it becomes: nobody removes it. -1 if there is none. */
static int use(void)
{
    char path[PATH_MAX];
    struct stat found;
    join(path, folder, LOCK);
    int opened = open(path, O_RDONLY | O_CLOEXEC);
    int lock = opened < 0 ? -1 : fcntl(opened, F_DUPFD, 3); /* where stdin is closed, the lock must not become that */
    if (opened >= 0)
        close(opened);
    if (lock >= 0 && flock(lock, LOCK_SH | LOCK_NB) == 0 && fstat(lock, &found) == 0 && found.st_nlink > 0)
        return lock;
    if (lock >= 0)
        close(lock);
    return -1;
}

static int use_if_whole(void)
{
    int lock = is_root_private() ? use() : -1;
    if (lock >= 0 && !is_whole()) {
        close(lock);
        return -1;
    }
    return lock;
}

/* Cleaning up ------------------------------------------------------------------------------------------------------ */

static void remove_tree(const char *path)
{
    DIR *entries = opendir(path);
    struct dirent *entry;
    struct stat found;
    char below[ROOM];
    while (entries && (entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (snprintf(below, sizeof below, "%s/%s", path, entry->d_name) >= (int)sizeof below)
            continue;
        if (lstat(below, &found) == 0 && S_ISDIR(found.st_mode))
            remove_tree(below);
        else
            unlink(below);
    }
    if (entries)
        closedir(entries);
    rmdir(path);
}

/* Moves a folder out of the way, so that no start finds half of it, and removes it. */
static void put_away(const char *path)
{
    char aside[PATH_MAX];
    join(aside, root, ".old-XXXXXX");
    if (mkdtemp(aside) && rename(path, aside) == 0)
        path = aside;
    else
        rmdir(aside);
    remove_tree(path);
}

static int is_used(const char *path)
{
    char lock_path[ROOM];
    snprintf(lock_path, sizeof lock_path, "%s/%s", path, LOCK);
    int lock = open(lock_path, O_RDONLY | O_CLOEXEC);
    int used = lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0;
    if (lock >= 0)
        close(lock);
    return used;
}

static int is_version(const char *name)
{
    return strlen(name) == ID_LENGTH && strspn(name, "0123456789abcdef") == ID_LENGTH;
}

/* Removes what nobody runs from: other versions, and what was left half done. Only under the lock of the root. */
static void remove_others(void)
{
    DIR *entries = opendir(root);
    struct dirent *entry;
    char path[PATH_MAX];
    while (entries && (entry = readdir(entries)) != NULL) {
        int half = strncmp(entry->d_name, ".new-", 5) == 0 || strncmp(entry->d_name, ".old-", 5) == 0;
        if (!half && (!is_version(entry->d_name) || strcmp(entry->d_name, id) == 0))
            continue;
        join(path, root, entry->d_name);
        if (half)
            remove_tree(path);
        else if (!is_used(path))
            put_away(path);
    }
    if (entries)
        closedir(entries);
}

/* Unpacking -------------------------------------------------------------------------------------------------------- */

struct source {
    int file;
    off_t left;
    ZSTD_DStream *stream;
    ZSTD_inBuffer in;
    char *buffer;
    size_t room;
    size_t state; /* 0 when the archive is at its end, and its checksum was right */
};

static void give_up(const char *path) __attribute__((noreturn));

static void give_up(const char *path)
{
    char why[128];
    snprintf(why, sizeof why, "%s", strerror(errno));
    remove_tree(fresh);
    fail("cannot unpack to %s: %s (%s). XDG_CACHE_HOME can name another place.", root, why, path + strlen(root) + 1);
}

static void give_up_damaged(void) __attribute__((noreturn));

static void give_up_damaged(void)
{
    remove_tree(fresh);
    damaged();
}

static void decompress(struct source *source, ZSTD_outBuffer *out)
{
    if (source->in.pos == source->in.size && source->left > 0) {
        size_t wanted = source->left < (off_t)source->room ? (size_t)source->left : source->room;
        ssize_t got = read(source->file, source->buffer, wanted);
        if (got <= 0)
            give_up_damaged();
        source->left -= got;
        source->in = (ZSTD_inBuffer){source->buffer, (size_t)got, 0};
    }
    size_t before = out->pos, taken = source->in.pos;
    source->state = ZSTD_decompressStream(source->stream, out, &source->in);
    int stands = out->pos == before && source->in.pos == taken && source->left == 0;
    if (ZSTD_isError(source->state) || (stands && source->state != 0))
        give_up_damaged();
}

static void pull(struct source *source, void *target, size_t count)
{
    ZSTD_outBuffer out = {target, count, 0};
    while (out.pos < out.size) {
        size_t before = out.pos;
        decompress(source, &out);
        if (source->state == 0 && out.pos < out.size && out.pos == before)
            give_up_damaged();
    }
}

/* Reads what follows the last entry: the checksum. */
static void finish(struct source *source)
{
    char more;
    ZSTD_outBuffer out = {&more, 1, 0};
    while (source->state != 0 && out.pos == 0)
        decompress(source, &out);
    if (out.pos != 0)
        give_up_damaged();
}

static void write_all(int file, const char *bytes, size_t count, const char *path)
{
    while (count > 0) {
        ssize_t written = write(file, bytes, count);
        if (written < 0)
            give_up(path);
        bytes += written;
        count -= (size_t)written;
    }
}

static void unpack_file(struct source *source, const char *path, mode_t mode, uint64_t length)
{
    static char block[1 << 16];
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0 || fchmod(file, mode) != 0)
        give_up(path);
    while (length > 0) {
        size_t part = length < sizeof block ? (size_t)length : sizeof block;
        pull(source, block, part);
        write_all(file, block, part, path);
        length -= part;
    }
    if (close(file) != 0)
        give_up(path);
}

static void unpack_link(struct source *source, const char *path, uint64_t length)
{
    char target[PATH_MAX];
    if (length >= sizeof target)
        give_up_damaged();
    pull(source, target, length);
    target[length] = '\0';
    if (symlink(target, path) != 0)
        give_up(path);
}

static void note(FILE *index, const char *path, const char *name)
{
    struct stat made;
    if (lstat(path, &made) != 0)
        give_up(path);
    fprintf(index, "%lld %lld %ld %s\n", (long long)made.st_size, (long long)made.st_mtim.tv_sec, made.st_mtim.tv_nsec,
            name);
}

/* Unpacks the next entry; 0 at the end. */
static int unpack_entry(struct source *source, FILE *index)
{
    unsigned char head[11];
    char name[PATH_MAX], path[PATH_MAX];
    pull(source, head, 1);
    if (head[0] == 'e')
        return 0;
    pull(source, head + 1, 10);
    uint64_t name_length = number(head + 1, 2), length = number(head + 3, 8);
    if (name_length >= sizeof name)
        give_up_damaged();
    pull(source, name, name_length);
    name[name_length] = '\0';
    join(path, fresh, name);
    if (head[0] == 'd') {
        if (mkdir(path, 0700) != 0)
            give_up(path);
        return 1;
    }
    if (head[0] == 'l')
        unpack_link(source, path, length);
    else
        unpack_file(source, path, head[0] == 'x' ? 0700 : 0600, length);
    note(index, path, name);
    return 1;
}

/* Fills the folder `fresh`; its index is written last, and tells by its end that all of it is there. */
static void unpack(int self)
{
    char path[PATH_MAX];
    struct source source = {.file = self, .left = archive_length, .room = ZSTD_DStreamInSize(), .state = 1};
    source.buffer = malloc(source.room);
    source.stream = ZSTD_createDStream();
    join(path, fresh, INDEX);
    FILE *index = fopen(path, "we");
    if (!index || !source.buffer || !source.stream || lseek(self, archive_begin, SEEK_SET) < 0)
        give_up(path);
    while (unpack_entry(&source, index))
        ;
    finish(&source);
    fputs(INDEX_END, index);
    if (fflush(index) != 0 || ferror(index) || fsync(fileno(index)) != 0)
        give_up(path);
    if (fclose(index) != 0)
        give_up(path);
    ZSTD_freeDStream(source.stream);
    free(source.buffer);
}

static void unpack_anew(int self)
{
    char path[PATH_MAX];
    join(fresh, root, ".new-XXXXXX");
    if (!mkdtemp(fresh))
        fail("cannot unpack to %s: %s. XDG_CACHE_HOME can name another place.", root, strerror(errno));
    join(path, fresh, LOCK);
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0)
        give_up(path);
    close(lock);
    unpack(self);
    /* Those that run from one that is no longer whole find the same files in the new one. */
    if (access(folder, F_OK) == 0)
        put_away(folder);
    if (rename(fresh, folder) != 0)
        give_up(fresh);
}

/* Of several first starts one unpacks, the others wait for it. */
static int unpack_and_use(int self)
{
    char path[PATH_MAX];
    join(path, root, ".lock");
    int guard = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), lock;
    if (guard < 0)
        fail("cannot unpack to %s: %s. XDG_CACHE_HOME can name another place.", root, strerror(errno));
    while (flock(guard, LOCK_EX) != 0)
        if (errno != EINTR)
            fail("cannot lock %s: %s. XDG_CACHE_HOME can name another place.", path, strerror(errno));
    if ((lock = use_if_whole()) < 0) {
        unpack_anew(self);
        if ((lock = use()) < 0)
            fail("cannot lock %s: %s. XDG_CACHE_HOME can name another place.", folder, strerror(errno));
        remove_others();
    }
    close(guard);
    return lock;
}

/* Where to unpack -------------------------------------------------------------------------------------------------- */

static int make_folder(const char *path)
{
    char part[PATH_MAX];
    snprintf(part, sizeof part, "%s", path);
    for (char *slash = part + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST && access(part, F_OK) != 0)
            return -1;
        *slash = '/';
    }
    return mkdir(part, 0700) != 0 && errno != EEXIST ? -1 : 0;
}

/* Why nothing can be unpacked to the root, or NULL. */
static const char *problem(void)
{
    struct statvfs found;
    if (make_folder(root) != 0 || (is_root_private() && access(root, W_OK | X_OK) != 0))
        return strerror(errno);
    if (!is_root_private())
        return "it, or the folder it is in, is not a folder of yours alone";
    if (statvfs(root, &found) == 0 && found.f_flag & ST_NOEXEC)
        return "no programs can be run from there (mounted noexec)";
    return NULL;
}

/* Goes to a place, where that is an absolute path; returns the lock, or -1 where nothing can be kept there. */
static int try_place(int self, const char *place, const char *below)
{
    if (!place || *place != '/')
        return -1;
    join(root, place, below);
    join(folder, root, id);
    int lock = use_if_whole();
    if (lock >= 0)
        return lock;
    const char *why = problem();
    if (why == NULL)
        return unpack_and_use(self);
    if (!*why_not)
        snprintf(why_not, sizeof why_not, "%s: %s", root, why);
    return -1;
}

static const char *home(void)
{
    const char *named = getenv("HOME");
    struct passwd *user = named && *named ? NULL : getpwuid(getuid());
    return user ? user->pw_dir : named;
}

static int find_place(int self)
{
    const char *own = getenv("TELLME_HOME"), *cache = getenv("XDG_CACHE_HOME"), *temporary = getenv("TMPDIR");
    char below[64];
    int lock;
    if (own && *own == '/')
        lock = try_place(self, own, "cache/unpacked");
    else if (cache && *cache == '/')
        lock = try_place(self, cache, "tellme/unpacked");
    else
        lock = try_place(self, home(), ".cache/tellme/unpacked");
    if (lock >= 0)
        return lock;
    snprintf(below, sizeof below, "tellme-%u/unpacked", (unsigned)geteuid());
    lock = try_place(self, temporary && *temporary == '/' ? temporary : "/tmp", below);
    if (lock < 0)
        fail("cannot unpack to %s. XDG_CACHE_HOME can name another place.", why_not);
    return lock;
}

int main(int count, char **arguments)
{
    char python[PATH_MAX], path[PATH_MAX], lock[16];
    find_own_path(path);
    int self = open_own_file(path);
    read_trailer(self);
    snprintf(lock, sizeof lock, "%d", find_place(self));
    join(python, folder, "bin/python3");
    char *head[] = {python, "-I", "-S", "-c", CODE, lock, path};
    size_t words = sizeof head / sizeof *head, more = count > 1 ? (size_t)count - 1 : 0;
    char **command = calloc(words + more + 1, sizeof *command);
    if (!command)
        fail("there is not enough memory to start");
    memcpy(command, head, sizeof head);
    if (more)
        memcpy(command + words, arguments + 1, more * sizeof *command);
    execv(python, command);
    fail("cannot start %s: %s. XDG_CACHE_HOME can name another place.", python, strerror(errno));
}
