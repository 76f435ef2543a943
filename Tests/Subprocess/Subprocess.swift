import Dispatch
import Glibc

/// A program of the system that tests compare with. Its streams are files, so that nothing deadlocks and no signal cuts a read.
public struct Subprocess: Sendable {
  /// A program that is missing, or that did not end with 0.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// As `waitpid` gives it; 0 for success.
  public let status: Int32
  public let output: [UInt8]
  public let errors: [UInt8]

  public var outputText: String { String(decoding: output, as: UTF8.self) }

  /// Runs a program to its end, found on the PATH unless its name has a slash. Blocks the thread.
  public static func run(_ arguments: [String], input: [UInt8] = []) throws -> Subprocess {
    let streams = try (0..<3).map { _ in try temporaryFile() }
    defer { for stream in streams { close(stream) } }
    try write(input, to: streams[0])

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in streams.enumerated() { posix_spawn_file_actions_adddup2(&actions, stream, Int32(number)) }
    // A child would begin with the signals that this thread blocks.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    var child: pid_t = 0
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    let code = posix_spawnp(&child, arguments[0], &actions, &attributes, &words, environ)
    guard code == 0 else {
      throw Failure(description: "\(arguments[0]): \(String(cString: strerror(code))); ops/test installs what it needs")
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      guard errno == EINTR else { throw Failure(description: "waitpid: \(String(cString: strerror(errno)))") }
    }
    return Subprocess(status: status, output: try read(streams[1]), errors: try read(streams[2]))
  }

  /// What a program prints that must end with 0.
  public static func output(of arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
    let ended = try run(arguments, input: input)
    guard ended.status == 0 else {
      throw Failure(
        description: """
          \(arguments.prefix(3).joined(separator: " ")) ended with status \(ended.status): \
          \(String(decoding: ended.errors.suffix(2_000), as: UTF8.self))\(ended.outputText.suffix(2_000))
          """)
    }
    return ended.output
  }

  /// The same on a thread of its own, for a program that waits for what runs in this process: tests share two threads.
  public static func concurrentOutput(of arguments: [String], input: [UInt8] = []) async throws -> [UInt8] {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try output(of: arguments, input: input) })
      }
    }
  }

  private static func temporaryFile() throws -> Int32 {
    var path = Array("/tmp/subprocess-XXXXXX".utf8CString)
    let descriptor = mkstemp(&path)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(path)
    guard descriptor >= 0 else { throw Failure(description: "no temporary file: \(String(cString: strerror(errno)))") }
    return descriptor
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw Failure(description: "the input: \(String(cString: strerror(errno)))") }
      written += count
    }
    lseek(descriptor, 0, SEEK_SET)
  }

  private static func read(_ descriptor: Int32) throws -> [UInt8] {
    lseek(descriptor, 0, SEEK_SET)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count >= 0 else { throw Failure(description: "the output: \(String(cString: strerror(errno)))") }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }
}
