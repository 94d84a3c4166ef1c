"""Free space where a job writes: the file system's, and the person's own quota where the site tells it."""

import os
import subprocess


def existing(path):
    while not os.path.exists(path) and path != os.path.dirname(path):
        path = os.path.dirname(path)
    return path


def quotas():
    """Free KiB by device, as quota(1) tells them; empty where there is none."""
    try:
        quota = subprocess.Popen(["quota", "-w", "-p"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        try:
            text = quota.communicate(timeout=10)[0].decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            quota.kill()
            return {}
    except OSError:
        return {}
    free = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 4 and words[1].rstrip("*").isdigit() and words[2].isdigit() and words[3].isdigit():
            limit = int(words[3]) or int(words[2])
            if limit > 0:
                free[words[0]] = max(0, limit - int(words[1].rstrip("*")))
    return free


def device_of(path):
    try:
        lines = subprocess.check_output(["df", "-Pk", path], stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL).decode("utf-8", "replace")
        return lines.splitlines()[-1].split()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return ""


def free_space(paths):
    by_quota = quotas()
    places = []
    for path in paths:
        here = existing(path)
        try:
            disk = os.statvfs(here)
        except OSError as error:
            places.append({"path": path, "fault": error.strerror})
            continue
        device = device_of(here)
        free = disk.f_bavail * disk.f_frsize
        place = {"path": path, "device": device, "free": free, "quota": False}
        if device in by_quota and by_quota[device] * 1024 < free:
            place.update(free=by_quota[device] * 1024, quota=True)
        places.append(place)
    return places
