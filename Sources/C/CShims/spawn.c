#define _GNU_SOURCE
#include "mkosi_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct failure {
    int error;
    int step;
};

static const char *const steps[] = {"prctl", "setpgid", "chdir", "dup", "execve"};

static struct rlimit inherited;
static int is_raised;

void mkosi_raise_descriptor_limit(void) {
    if (is_raised || getrlimit(RLIMIT_NOFILE, &inherited) < 0)
        return;
    struct rlimit raised = {.rlim_cur = inherited.rlim_max, .rlim_max = inherited.rlim_max};
    is_raised = setrlimit(RLIMIT_NOFILE, &raised) == 0;
}

// Runs in the child: only async-signal-safe calls (signal-safety(7)), for the parent may have had threads.
static void child(const struct mkosi_spawn_plan *plan, int report, pid_t parent) {
    struct failure failure = {0};
    int lifted[plan->fd_count + 1];

    struct sigaction reset = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++)
        (void)sigaction(number, &reset, NULL);

    failure.step = 0;
    if (plan->death_signal && prctl(PR_SET_PDEATHSIG, plan->death_signal) < 0)
        goto fail;
    // The parent may have died before prctl: then nothing would ever end this child.
    if (plan->death_signal && getppid() != parent)
        _exit(127);

    failure.step = 1;
    if (plan->new_group && setpgid(0, 0) < 0)
        goto fail;

    failure.step = 2;
    if (plan->working_directory && chdir(plan->working_directory) < 0)
        goto fail;

    // First lift every descriptor above the range of targets, so that no dup2 overwrites a source still needed.
    failure.step = 3;
    for (int i = 0; i < plan->fd_count; i++) {
        lifted[i] = fcntl(plan->fds[i], F_DUPFD_CLOEXEC, plan->fd_count + 16);
        if (lifted[i] < 0)
            goto fail;
    }
    report = fcntl(report, F_DUPFD_CLOEXEC, plan->fd_count + 16);
    if (report < 0)
        _exit(127);
    for (int i = 0; i < plan->fd_count; i++)
        if (dup2(lifted[i], i) < 0)
            goto fail;
    // CLOSE_RANGE_CLOEXEC (4) instead of closing: the report pipe has to live until execve.
    if (syscall(SYS_close_range, plan->fd_count, ~0U, 4) < 0)
        goto fail;

    // select(2) has no room for descriptors from 1024 on: a program that uses it must not be given any.
    if (is_raised)
        (void)setrlimit(RLIMIT_NOFILE, &inherited);

    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);

    failure.step = 4;
    // A process that another thread has started while the program was being written has a copy of that descriptor, until
    // it executes its own program: at once, but perhaps not yet.
    for (int attempt = 0; attempt < 50; attempt++) {
        execve(plan->path, plan->argv, plan->envp);
        if (errno != ETXTBSY)
            break;
        (void)nanosleep(&(struct timespec){.tv_nsec = 2 * 1000 * 1000}, NULL);
    }

fail:
    failure.error = errno;
    (void)!write(report, &failure, sizeof failure);
    _exit(127);
}

static int spawn_here(const struct mkosi_spawn_plan *plan, int *pid, int *pidfd, const char **step) {
    int report[2];
    *step = "pipe";
    if (pipe2(report, O_CLOEXEC) < 0)
        return errno;

    // A signal between fork and the child's reset would run the parent's handler in the child.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);

    *step = "fork";
    pid_t parent = getpid();
    pid_t started = fork();
    int error = errno;
    if (started == 0) {
        close(report[0]);
        child(plan, report[1], parent);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (started < 0) {
        close(report[0]);
        return error;
    }

    struct failure failure = {0};
    ssize_t got;
    do
        got = read(report[0], &failure, sizeof failure);
    while (got < 0 && errno == EINTR);
    close(report[0]);
    if (got == (ssize_t)sizeof failure) {
        while (waitpid(started, NULL, 0) < 0 && errno == EINTR)
            ;
        *step = steps[failure.step];
        return failure.error;
    }

    *step = "pidfd_open";
    int descriptor = (int)syscall(SYS_pidfd_open, started, 0);
    if (descriptor < 0) {
        error = errno;
        kill(started, SIGKILL);
        while (waitpid(started, NULL, 0) < 0 && errno == EINTR)
            ;
        return error;
    }
    *pid = started;
    *pidfd = descriptor;
    return 0;
}

// PR_SET_PDEATHSIG is about the thread that forks and not about its process (prctl(2)): what a thread starts would be killed
// when that thread ends, however long its process goes on. So one thread that never ends starts what dies with the process.
static struct {
    // Held by whoever has an order.
    pthread_mutex_t turn;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    const struct order *waiting;
    bool is_running;
} starter = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL, false};

struct order {
    const struct mkosi_spawn_plan *plan;
    int *pid;
    int *pidfd;
    const char **step;
    int *result;
};

static void *take_orders(void *unused) {
    (void)unused;
    pthread_mutex_lock(&starter.lock);
    for (;;) {
        while (!starter.waiting)
            pthread_cond_wait(&starter.changed, &starter.lock);
        const struct order *order = starter.waiting;
        *order->result = spawn_here(order->plan, order->pid, order->pidfd, order->step);
        starter.waiting = NULL;
        pthread_cond_broadcast(&starter.changed);
    }
    return NULL;
}

// Handlers run in the threads that there were before.
static int start_starter(void) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    int error = pthread_create(&thread, NULL, take_orders, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0)
        pthread_detach(thread);
    return error;
}

int mkosi_spawn(const struct mkosi_spawn_plan *plan, int *pid, int *pidfd, const char **step) {
    // The first thread ends with its process.
    if (!plan->death_signal || getpid() == gettid())
        return spawn_here(plan, pid, pidfd, step);

    int result = 0;
    struct order order = {plan, pid, pidfd, step, &result};
    pthread_mutex_lock(&starter.turn);
    pthread_mutex_lock(&starter.lock);
    if (!starter.is_running) {
        *step = "pthread_create";
        result = start_starter();
        starter.is_running = result == 0;
    }
    if (starter.is_running) {
        starter.waiting = &order;
        pthread_cond_broadcast(&starter.changed);
        while (starter.waiting)
            pthread_cond_wait(&starter.changed, &starter.lock);
    }
    pthread_mutex_unlock(&starter.lock);
    pthread_mutex_unlock(&starter.turn);
    return result;
}

int mkosi_pidfd_send_signal(int pidfd, int signal) {
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? errno : 0;
}

const char *mkosi_executed_path(void) {
    return (const char *)getauxval(AT_EXECFN);
}

int mkosi_usable_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return CPU_COUNT(&set);
    // The machine has more of them than the set has room for.
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}
