/* SPDX-License-Identifier: GPL-2.0-only */
/* An instance: its directory of pins, its lock, its generations and links. */
#include "user/kernel/instance.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "user/output/report.h"

#define BPFFS	     "/sys/fs/bpf"
#define ROOT	     BPFFS "/rolegate"
#define LOCK_WAIT_MS 5000
#define LOCK_STEP_MS 50
#define GENERATION   "generation-"

bool instance_is_name(const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++)
		if (!isalnum((unsigned char)name[i]) &&
		    (i == 0 || !strchr("_-", name[i])))
			return false;
	return i > 0 && i < 64;
}

const char *instance_pin(const struct instance *instance, char *text,
			 const char *format, ...)
{
	int length = snprintf(text, PATH_MAX, "%s/", instance->path);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + length, PATH_MAX - length, format, arguments);
	va_end(arguments);
	return text;
}

bool instance_has_bpffs(void)
{
	struct statfs fs;

	return !statfs(BPFFS, &fs) && (unsigned long)fs.f_type == BPF_FS_MAGIC;
}

int instance_check(void)
{
	if (geteuid() != 0)
		return report_error(-EPERM,
				    "this needs root: run it with sudo");
	if (!instance_has_bpffs())
		return report_error(-ENOENT,
				    "bpffs is not mounted at " BPFFS
				    ": run `mount -t bpf -o mode=0700 "
				    "bpf " BPFFS
				    "` (`ip netns exec` hides it: use "
				    "`nsenter --net=/run/netns/NAME` instead)");
	return 0;
}

/* The process that /proc/locks says holds the directory; 0 if not found. */
static int lock_holder(int fd)
{
	unsigned int major, minor;
	unsigned long inode;
	struct stat self;
	char line[256];
	FILE *locks;
	int pid, holder = 0;

	locks = fopen("/proc/locks", "re");
	if (!locks || fstat(fd, &self)) {
		if (locks)
			fclose(locks);
		return 0;
	}
	while (!holder && fgets(line, sizeof(line), locks))
		if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%lu", &pid,
			   &major, &minor, &inode) == 4 &&
		    inode == self.st_ino &&
		    makedev(major, minor) == self.st_dev)
			holder = pid;
	fclose(locks);
	return holder;
}

const char *instance_holder(int fd, char *text)
{
	int pid = lock_holder(fd);
	char path[64], name[64] = "another process";
	FILE *comm;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	comm = pid > 0 ? fopen(path, "re") : NULL;
	if (comm && fgets(name, sizeof(name), comm))
		name[strcspn(name, "\n")] = '\0';
	if (comm)
		fclose(comm);
	snprintf(text, INSTANCE_HOLDER_SIZE, "%s (process %d)", name, pid);
	return text;
}

static int report_busy(const struct instance *instance, int fd)
{
	char holder[INSTANCE_HOLDER_SIZE];

	return report_error(-EBUSY,
			    "instance %s is being changed by %s; try again "
			    "when it is done",
			    instance->name, instance_holder(fd, holder));
}

/* Locks the directory behind fd; -ESTALE if it was removed meanwhile. */
static int lock(const struct instance *instance, int fd)
{
	const struct timespec step = {0, LOCK_STEP_MS * 1000000L};
	struct stat held, there;
	int waited = 0;

	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK)
			return -errno;
		if (waited >= LOCK_WAIT_MS)
			return report_busy(instance, fd);
		nanosleep(&step, NULL);
		waited += LOCK_STEP_MS;
	}
	if (fstat(fd, &held) || stat(instance->path, &there) ||
	    held.st_ino != there.st_ino)
		return -ESTALE;
	return 0;
}

static int note_generation(const struct instance *instance, const char *name,
			   void *context)
{
	struct instance *found = context;
	unsigned long number;
	char *end;

	(void)instance;
	if (strncmp(name, GENERATION, strlen(GENERATION)))
		return 0;
	number = strtoul(name + strlen(GENERATION), &end, 10);
	if (*end)
		return 0;
	if (!found->is_loaded || number > found->newest)
		found->newest = number;
	found->is_loaded = true;
	return 0;
}

/* -ESTALE: who left the last instance has just removed what all are in. */
static int make_directories(const struct instance *instance)
{
	if (!mkdir(ROOT, 0700) || errno == EEXIST)
		if (!mkdir(instance->path, 0700) || errno == EEXIST)
			return 0;
	if (errno == ENOENT)
		return -ESTALE;
	return report_error(-errno, "cannot make %s: %s", instance->path,
			    strerror(errno));
}

/* Whoever can write where the pins are can take the filter off. */
static int check_owner(const char *path)
{
	struct stat info;

	if (lstat(path, &info))
		return errno == ENOENT ? 0 : -errno;
	if (S_ISDIR(info.st_mode) && !info.st_uid &&
	    !(info.st_mode & (S_IWGRP | S_IWOTH)))
		return 0;
	return report_error(
		-EPERM,
		"%s is not only root's (user %u, mode %o): who can "
		"write there can take the filter off; look into "
		"it, then remove it, and let nobody else write to " BPFFS
		" (`chmod 0700 " BPFFS "`)",
		path, info.st_uid, info.st_mode & 07777);
}

static int check_owners(const struct instance *instance)
{
	int err = check_owner(ROOT);

	return err ? err : check_owner(instance->path);
}

/* Opens and locks once; -ESTALE: somebody removed it in between, try again. */
static int open_once(struct instance *instance, bool create)
{
	int fd, err = create ? make_directories(instance) : 0;

	if (!err)
		err = check_owners(instance);
	if (err)
		return err;
	fd = open(instance->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return create ? -ESTALE : 0;
	if (fd < 0)
		return report_error(-errno, "cannot open %s: %s",
				    instance->path, strerror(errno));
	err = lock(instance, fd);
	if (err) {
		close(fd);
		return err;
	}
	instance->lock = fd;
	return instance_each(instance, "", note_generation, instance);
}

void instance_init(struct instance *instance, const char *name)
{
	*instance = (struct instance){.name = name, .lock = -1};
	snprintf(instance->path, sizeof(instance->path), ROOT "/%s", name);
}

int instance_open(struct instance *instance, const char *name, bool create)
{
	int err;

	instance_init(instance, name);
	err = instance_check();
	if (err)
		return err;
	do
		err = open_once(instance, create);
	while (err == -ESTALE);
	return err;
}

void instance_close(struct instance *instance)
{
	if (instance->lock < 0)
		return;
	rmdir(instance->path);
	rmdir(ROOT);
	close(instance->lock);
	instance->lock = -1;
}

int instance_each(const struct instance *instance, const char *directory,
		  int (*visit)(const struct instance *instance,
			       const char *name, void *context),
		  void *context)
{
	char path[PATH_MAX];
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	dir = opendir(instance_pin(instance, path, "%s", directory));
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (!err && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			err = visit(instance, entry->d_name, context);
	closedir(dir);
	return err;
}

bool instance_has(const struct instance *instance, const char *name)
{
	char path[PATH_MAX];

	return !access(instance_pin(instance, path, "%s", name), F_OK);
}

int instance_mkdir(const struct instance *instance, const char *directory)
{
	char path[PATH_MAX];

	instance_pin(instance, path, "%s", directory);
	if (mkdir(path, 0700) && errno != EEXIST)
		return report_error(-errno, "cannot make %s: %s", path,
				    strerror(errno));
	return 0;
}

static int remove_pin(const struct instance *instance, const char *name,
		      void *context)
{
	char path[PATH_MAX];

	instance_pin(instance, path, "%s/%s", (const char *)context, name);
	return unlink(path) && errno != ENOENT ? -errno : 0;
}

int instance_remove(const struct instance *instance, const char *directory)
{
	char path[PATH_MAX], name[NAME_MAX + 1];
	int err;

	snprintf(name, sizeof(name), "%s", directory);
	err = instance_each(instance, directory, remove_pin, name);
	if (err)
		return err;
	instance_pin(instance, path, "%s", directory);
	return rmdir(path) && errno != ENOENT ? -errno : 0;
}
