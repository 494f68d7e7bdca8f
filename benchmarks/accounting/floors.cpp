// floors EVENTS DIRECTORY: the least CPU time that parts of the reference job could take on this
// machine, in nanoseconds for each event, as JSON: the same bytes in the same portions, and nothing
// done with them but the part itself. Times are of all threads, user and system.
#include <lz4.h>
#include <simdjson.h>

#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

// What a lane reads and a host is given at a time, and how many of those share a flush.
constexpr size_t kBatchEvents = 512;
constexpr size_t kBatchesAFlush = 4;

double cpu_nanoseconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const double seconds = double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
    return (seconds * 1e6 + double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)) * 1e3;
}

[[noreturn]] void fail(const char *what) {
    perror(what);
    _exit(1);
}

double for_each_event(size_t events, const std::function<void()> &body) {
    const double before = cpu_nanoseconds();
    body();
    return (cpu_nanoseconds() - before) / double(events);
}

struct Input {
    std::vector<simdjson::padded_string> events;
    std::vector<std::string> batches;

    explicit Input(const char *path) {
        FILE *file = fopen(path, "r");
        if (file == nullptr) fail(path);
        char line[64 * 1024];
        while (fgets(line, sizeof line, file) != nullptr) {
            const size_t length = strcspn(line, "\n");
            if (events.size() % kBatchEvents == 0) batches.emplace_back();
            batches.back().append(line, length);
            events.emplace_back(line, length);
        }
        fclose(file);
    }
};

void parse(const Input &input) {
    simdjson::dom::parser parser;
    for (const auto &event : input.events) {
        if (parser.parse(event).error() != simdjson::SUCCESS) fail("parse");
    }
}

void copy(const Input &input) {
    std::vector<char> target(1 << 20);
    for (const auto &batch : input.batches) {
        memcpy(target.data(), batch.data(), batch.size());
        // The copy must not be thought unneeded.
        asm volatile("" : : "r"(target.data()) : "memory");
    }
}

// Packs each batch, and unpacks it again: of what is appended the one, of what is read the other.
void pack(const Input &input) {
    std::vector<char> packed;
    std::vector<char> unpacked(1 << 20);
    for (const auto &batch : input.batches) {
        packed.resize(size_t(LZ4_compressBound(int(batch.size()))));
        const int bytes = LZ4_compress_default(
            batch.data(), packed.data(), int(batch.size()), int(packed.size()));
        const int whole = LZ4_decompress_safe(
            packed.data(), unpacked.data(), bytes, int(unpacked.size()));
        if (size_t(whole) != batch.size()) fail("unpack");
    }
}

void pass_over_socket(const Input &input) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) fail("socketpair");
    std::thread reader([&] {
        std::vector<char> target(1 << 18);
        while (read(ends[1], target.data(), target.size()) > 0) {}
    });
    for (const auto &batch : input.batches) {
        for (size_t at = 0; at < batch.size();) {
            const ssize_t count = write(ends[0], batch.data() + at, batch.size() - at);
            if (count < 0) fail("write");
            at += size_t(count);
        }
    }
    close(ends[0]);
    reader.join();
    close(ends[1]);
}

void write_file(const Input &input, const char *path, bool flushes) {
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0) fail(path);
    size_t number = 0;
    for (const auto &batch : input.batches) {
        if (write(file, batch.data(), batch.size()) != ssize_t(batch.size())) fail("write");
        if (flushes && ++number % kBatchesAFlush == 0 && fdatasync(file) != 0) fail("fdatasync");
    }
    close(file);
}

void read_file(const Input &input, const char *path) {
    const int file = open(path, O_RDONLY);
    if (file < 0) fail(path);
    std::vector<char> target(1 << 20);
    for (const auto &batch : input.batches) {
        if (read(file, target.data(), batch.size()) != ssize_t(batch.size())) fail("read");
    }
    close(file);
}

}  // namespace

int main(int count, char **arguments) {
    if (count != 3) return 2;
    const Input input(arguments[1]);
    const std::string path = std::string(arguments[2]) + "/floor";
    const size_t events = input.events.size();
    // Pages that are met for the first time cost the kernel, not the part.
    copy(input);
    parse(input);
    const double parsing = for_each_event(events, [&] { parse(input); });
    const double copying = for_each_event(events, [&] { copy(input); });
    const double packing = for_each_event(events, [&] { pack(input); });
    const double socket = for_each_event(events, [&] { pass_over_socket(input); });
    const double writing = for_each_event(events, [&] { write_file(input, path.c_str(), false); });
    const double reading = for_each_event(events, [&] { read_file(input, path.c_str()); });
    const double flushing = for_each_event(events, [&] { write_file(input, path.c_str(), true); });
    printf("{\"events\":%zu,\"parse\":%.1f,\"memcpy\":%.1f,\"socket\":%.1f,\"write\":%.1f,"
           "\"read\":%.1f,\"write_and_flush\":%.1f,\"pack\":%.1f}\n",
           events, parsing, copying, socket, writing, reading, flushing, packing);
    unlink(path.c_str());
}
