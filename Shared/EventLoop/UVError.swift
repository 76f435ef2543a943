import CUV

/// What libuv refused, and during which call.
public struct UVError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A negative libuv code, such as `UV_ECONNREFUSED`.
  public let code: Int32
  /// The call that failed, for people: `listen on 127.0.0.1:8080`.
  public let operation: String

  public init(code: Int32, operation: String) {
    self.code = code
    self.operation = operation
  }

  public var description: String { "\(operation): \(String(cString: uv_strerror(code)))" }
  public var isAddressInUse: Bool { code == UV_EADDRINUSE.rawValue }

  static func check(_ code: Int32, _ operation: @autoclosure () -> String) throws(UVError) {
    if code < 0 { throw UVError(code: code, operation: operation()) }
  }
}
