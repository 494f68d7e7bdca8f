"""Samples of the processor, from perf, with readable names."""
import re
import subprocess

FREQUENCY = 997
FRAME = re.compile(r"\s*[0-9a-f]+ (.*) \(([^()]*)\)$")


def recording(path):
    """The words in front of a command that make perf record it."""
    return ["perf", "record", "--quiet", "-F", str(FREQUENCY), "-e", "cpu-clock", "-g", "-o", path,
            "--"]


def samples(path):
    """Yields (process, nanoseconds, frames) for each sample, innermost frame first."""
    text = subprocess.run(["perf", "script", "-i", path, "-F", "comm,pid,tid,period,ip,sym,dso"],
                          check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    found, hosts = [], set()
    for block in text.decode(errors="replace").split("\n\n"):
        lines = [line for line in block.splitlines() if line.strip()]
        if not lines:
            continue
        head = re.match(r"\s*(.*?)\s+(\d+)/(\d+)\s+(\d+)", lines[0])
        if head is None:
            continue
        name, process, period = head.group(1), int(head.group(2)), int(head.group(4))
        if name.startswith("function-host"):
            hosts.add(process)
        frames = [match.groups() for match in map(FRAME.match, lines[1:]) if match]
        found.append((process, period, frames))
    readable = demangled({name for _, _, frames in found for name, _ in frames})
    for process, period, frames in found:
        yield ("host" if process in hosts else "worker", period,
               [(readable[name], library) for name, library in frames])


def demangled(names):
    """Names as they stand in Swift, for those that come from there."""
    ordered = sorted(names)
    done = subprocess.run(["swift", "demangle", "--compact", "--simplified"], check=True,
                          input="\n".join(ordered), capture_output=True, text=True)
    return dict(zip(ordered, done.stdout.split("\n")))
