import CUV
import Glibc

/// A child process with its output read line by line. Loop thread only.
public final class ChildProcess {
  /// How a child ended.
  public enum ExitStatus: Sendable, Equatable {
    case code(Int)
    case signal(Int32)
  }

  private let process = UnsafeMutablePointer<uv_process_t>.allocateHandle()
  private let exited: (ExitStatus) -> Void
  public private(set) var isRunning = true
  public var id: Int32 { isRunning ? process.pointee.pid : 0 }

  /// Starts `executable` (a path) with exactly the environment given. Its stdin is /dev/null; each line of its stdout and
  /// stderr goes to `line`, and `exited` is called once at its end.
  public init(
    loop: EventLoop, executable: String, arguments: [String], environment: [String: String],
    workingDirectory: String? = nil, line: @escaping (ArraySlice<UInt8>) -> Void,
    exited: @escaping (ExitStatus) -> Void
  ) throws(UVError) {
    loop.preconditionCurrent()
    self.exited = exited
    let output = LinePipe(loop: loop, line: line)
    let errors = LinePipe(loop: loop, line: line)
    let code = withCStrings([executable] + arguments) { argumentPointers in
      withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environmentPointers in
        withUnsafeTemporaryAllocation(of: uv_stdio_container_t.self, capacity: 3) { stdio in
          stdio[0].flags = UV_IGNORE
          let flags = UV_CREATE_PIPE.rawValue | UV_WRITABLE_PIPE.rawValue
          stdio[1].flags = uv_stdio_flags(rawValue: flags)
          stdio[1].data.stream = output.stream
          stdio[2].flags = uv_stdio_flags(rawValue: flags)
          stdio[2].data.stream = errors.stream
          var options = uv_process_options_t()
          options.file = UnsafePointer(argumentPointers[0])
          options.args = argumentPointers
          options.env = environmentPointers
          options.stdio_count = 3
          options.stdio = stdio.baseAddress
          options.exit_cb = { process, code, signal in
            let child = owner(process!.pointee.data, as: ChildProcess.self)
            child.isRunning = false
            child.process.closeHandle()
            child.exited(signal != 0 ? .signal(signal) : .code(Int(code)))
          }
          guard let workingDirectory else { return uv_spawn(loop.loop, process, &options) }
          return workingDirectory.withCString { directory in
            options.cwd = directory
            return uv_spawn(loop.loop, process, &options)
          }
        }
      }
    }
    process.retainOwner(self)
    guard code == 0 else {
      isRunning = false
      process.closeHandle()
      output.close()
      errors.close()
      throw UVError(code: code, operation: "start \(executable)")
    }
    output.start()
    errors.start()
  }

  public func signal(_ number: Int32) {
    if isRunning { uv_process_kill(process, number) }
  }
}

/// A pipe read as lines; a line longer than 64 KiB comes in pieces.
private final class LinePipe {
  private let pipe = UnsafeMutablePointer<uv_pipe_t>.allocateHandle()
  private let loop: EventLoop
  private let line: (ArraySlice<UInt8>) -> Void
  private var partial: [UInt8] = []
  private var isOpen = true
  var stream: UnsafeMutablePointer<uv_stream_t> { pipe.stream }

  init(loop: EventLoop, line: @escaping (ArraySlice<UInt8>) -> Void) {
    self.loop = loop
    self.line = line
    uv_pipe_init(loop.loop, pipe, 0)
    pipe.retainOwner(self)
  }

  func start() {
    uv_read_start(
      pipe.stream,
      { handle, _, buffer in
        let pipe = owner(handle!.pointee.data, as: LinePipe.self)
        buffer!.pointee = uv_buf_t(base: pipe.loop.readBuffer, len: EventLoop.readSize)
      },
      { stream, count, buffer in
        let pipe = owner(stream!.pointee.data, as: LinePipe.self)
        if count > 0 {
          pipe.take(UnsafeRawBufferPointer(start: buffer!.pointee.base, count: count))
        } else if count < 0 {
          pipe.close()
        }
      })
  }

  private func take(_ bytes: UnsafeRawBufferPointer) {
    partial.append(contentsOf: bytes)
    var start = 0
    while let end = partial[start...].firstIndex(of: UInt8(ascii: "\n")) {
      line(partial[start..<end])
      start = end + 1
    }
    if partial.count - start > 64 * 1024 {
      line(partial[start...])
      start = partial.count
    }
    partial.removeSubrange(..<start)
  }

  func close() {
    guard isOpen else { return }
    isOpen = false
    if !partial.isEmpty { line(partial[...]) }
    pipe.closeHandle()
  }
}

/// Gives `body` a null-terminated array of C strings, valid during the call.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
  pointers.append(nil)
  defer { for pointer in pointers { free(pointer) } }
  return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
}
