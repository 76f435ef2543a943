import EventLoop
import Glibc
import Synchronization
import Testing

/// Sends back what it gets.
private final class Echo: TCPConnectionHandler {
  private let tcp: TCPConnection
  init(_ tcp: TCPConnection) { self.tcp = tcp }
  func writable() {}
  func received(_ bytes: UnsafeRawBufferPointer) { tcp.write(bytes) }
  func endOfInput() { tcp.closeAfterWriting() }
  func closed(_ error: UVError?) {}
}

/// Sends `message` and collects what comes until there is as much.
private final class Caller: TCPConnectionHandler {
  private let message: [UInt8]
  private let done: (Result<[UInt8], UVError>) -> Void
  private var got: [UInt8] = []
  private var hasSent = false
  var tcp: TCPConnection?

  init(message: [UInt8], done: @escaping (Result<[UInt8], UVError>) -> Void) {
    self.message = message
    self.done = done
  }
  func writable() {
    guard !hasSent else { return }
    hasSent = true
    message.withUnsafeBytes { tcp?.write($0) }
  }
  func received(_ bytes: UnsafeRawBufferPointer) {
    got.append(contentsOf: bytes)
    if got.count == message.count { tcp?.close() }
  }
  func endOfInput() { tcp?.close() }
  func closed(_ error: UVError?) { done(error.map { .failure($0) } ?? .success(got)) }
}

@Suite struct TCPTests {
  let loop = EventLoop(name: "tcp")

  private func call(_ port: UInt16, _ message: [UInt8]) async -> Result<[UInt8], UVError> {
    await withCheckedContinuation { continuation in
      loop.execute { [loop] in
        let caller = Caller(message: message) { continuation.resume(returning: $0) }
        caller.tcp = TCPConnection.connect(loop: loop, port: port, handler: caller)
      }
    }
  }

  @Test func megabytesGoThereAndBackWhole() async throws {
    let message = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let port = try await loop.run { [loop] in
      try TCPListener(loop: loop, port: 0) { Echo($0) }.port
    }
    #expect(try await call(port, message).get() == message)
  }

  @Test func aTakenPortIsSaid() async throws {
    let error = await #expect(throws: UVError.self) {
      try await loop.run { [loop] in
        let first = try TCPListener(loop: loop, port: 0) { Echo($0) }
        _ = try TCPListener(loop: loop, port: first.port) { Echo($0) }
      }
    }
    #expect(error?.isAddressInUse == true)
    #expect(error?.description.contains("listen on 127.0.0.1:") == true)
  }

  @Test func aClosedPortRefuses() async throws {
    let port = try await loop.run { [loop] in
      let listener = try TCPListener(loop: loop, port: 0) { Echo($0) }
      listener.close()
      return listener.port
    }
    await #expect(throws: UVError.self) { try await call(port, [1]).get() }
  }
}

@Suite struct ChildProcessTests {
  let loop = EventLoop(name: "child")

  private func run(_ script: String) async throws -> (lines: [String], status: ChildProcess.ExitStatus) {
    let lines = Mutex<[String]>([])
    let status = try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<ChildProcess.ExitStatus, any Error>) in
      loop.execute { [loop] in
        do {
          _ = try ChildProcess(
            loop: loop, executable: "/bin/sh", arguments: ["-c", script], environment: ["GREETING": "hello"],
            line: { line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } },
            exited: { continuation.resume(returning: $0) })
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
    return (lines.withLock { $0 }, status)
  }

  @Test func itsEnvironmentIsWhatWasGivenAndItsCodeIsTold() async throws {
    let (_, status) = try await run("[ \"$GREETING\" = hello ] && [ -z \"$HOME\" ] && exit 7")
    #expect(status == .code(7))
  }

  @Test func aSignalIsToldAsSuch() async throws {
    #expect(try await run("kill -9 $$").status == .signal(SIGKILL))
  }

  @Test func aMissingProgramIsAnError() async throws {
    await #expect(throws: UVError.self) {
      try await loop.run { [loop] in
        _ = try ChildProcess(
          loop: loop, executable: "/no/such/program", arguments: [], environment: [:], line: { _ in },
          exited: { _ in })
      }
    }
  }
}
