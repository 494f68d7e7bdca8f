"""The parts of an event's way, and how a sample of the profiler is given to one of them.

A sample's frames are looked at from the innermost outwards; the first that a rule knows decides.
What no rule knows goes by the library in which the processor was. Frames end early in libraries
that were built without frame pointers, Lua's among them: what Lua does on behalf of decoding or
encoding then counts as Lua.
"""
import re

READING = "reading stored chunks"
DECODING = "decoding JSON"
LUA = "Lua"
ENCODING = "encoding JSON"
FRAMES = "frames and socket"
BUILDING = "building settlements"
STORING = "writing to the store"
PACKING = "packing and unpacking chunks"
FLUSHING = "kernel: writes and flushes"
SCHEDULING = "tasks and threads"
STARTING = "starting and ending"
OTHER = "other"
PARTS = [READING, DECODING, LUA, ENCODING, FRAMES, BUILDING, PACKING, STORING, FLUSHING,
         SCHEDULING, STARTING, OTHER]

HOST_FRAMES = [
    (FRAMES, r"^frame_|^(__)?(GI_+)?(libc_)?(read|write|recv|send)$|_exit$|event_record"),
    (ENCODING, r"write|emission|splice|to_chars|member_keys|outcome_returned|outputs?_"),
    (DECODING, r"document|json|simdjson|read_field|push_value|event_object|lazy|node_"),
    (STARTING, r"lockdown|script_load|_dl_|dl_main|_start$|seccomp"),
    (LUA, r"^lua|allocator|run_until_error|run_events|context_|library_|limits_"),
]
WORKER_FRAMES = [
    (PACKING, r"^LZ4_|\bLZ4Codec\b"),
    (FLUSHING, r"^(__)?(libc_)?(pwrite|fdatasync|fsync|ftruncate|pwritev)(64)?$"
               r"|^__x64_sys_(pwrite|fdatasync|fsync)|^ext4_(sync|buffered_write|do_writepages)"
               r"|^blk_|^virtqueue_|^jbd2_"),
    (STORING, r"\b(Writer|Transaction|StationAppender|WriteQueue|WriteRequest|DuplicateWindows?"
              r"|LastOffsets|StoreState|StateChanges|WriteAheadLog|KeyIndex|Housekeep\w*)\b"
              r"|SerializedDatabase.sync|sqlite3Wal|sqlite3Pager|sqlite3BtreeInsert"),
    (FRAMES, r"\b(HostFrames|HostConnection|RequestQueue|FrameReceiver|SocketPoller|HostProcess"
             r"|ResultReader|SocketDescriptor)\b|^(__)?(libc_)?(recv|send|epoll_wait)$"
             r"|^unix_stream_|^__x64_sys_(recv|send|epoll)"),
    (READING, r"\b(ChunkReader|ChunkCache|StoredEvents\.take|LaneSource|EmbeddedEngine\.read"
              r"|EmbeddedEngine\.wait)\b|asyncRead|^(__)?(libc_)?pread(64)?$|^__x64_sys_pread"),
    (BUILDING, r"\b(SettlementBuilder|PartSource|Delivery|JournalRecord|LaneTransform|LaneSink"
               r"|UnsettledRun|EmbeddedEngine\.settle)\b"),
    (STARTING, r"_dl_|dl_main|\b(RunCommand|ServiceGroup|ServiceGroupConfiguration|LocalServer"
               r"|Deployment|Departure|Composition|StoreFile|EmbeddedEngine\.init)\b"
               r"|^main$|exit_group|^_start$|do_exit|execve"),
    (SCHEDULING, r"_dispatch|swift::.*(Task|Executor|Job)|swift_task|swift_job|futex"
                 r"|PermanentThread|Continuation|Handoff|schedule"),
]
HOST_LIBRARIES = [(LUA, "liblua"), (DECODING, "simdjson"), (STARTING, "ld-linux"),
                  (FRAMES, "kernel"), (ENCODING, "libstdc++"), (LUA, "function-host"),
                  (LUA, "libc")]
WORKER_LIBRARIES = [(STORING, "sqlite"), (STORING, "xxhash"), (STARTING, "ld-linux"),
                    (STARTING, "ICU"), (SCHEDULING, "dispatch"), (SCHEDULING, "Concurrency"),
                    (SCHEDULING, "kernel")]


def compiled(rules):
    return [(part, re.compile(pattern)) for part, pattern in rules]


RULES = {"host": (compiled(HOST_FRAMES), HOST_LIBRARIES),
         "worker": (compiled(WORKER_FRAMES), WORKER_LIBRARIES)}


def part_of(process, frames):
    """The part that a sample belongs to; `frames` are (function, library), innermost first."""
    rules, libraries = RULES[process]
    for function, _ in frames:
        for part, pattern in rules:
            if pattern.search(function):
                return part
    for _, library in frames[:1]:
        for part, name in libraries:
            if name in library:
                return part
    # Only the parts that a process spends its life with are left without a frame: short ones.
    return OTHER
