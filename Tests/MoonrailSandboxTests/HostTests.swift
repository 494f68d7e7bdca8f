import Testing

/// Everything that starts processes, one test after another: they count descriptors and processes,
/// and a script can't be executed while another process still holds it open for writing.
@Suite(.serialized) struct HostTests {}
