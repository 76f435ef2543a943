/// Why a query parameter can't be read, and where.
public struct QueryError: Error, Sendable, Equatable, CustomStringConvertible {
  /// `q`, `filter`, `sort` or `cursor`.
  public let parameter: String
  /// Unicode scalars of the decoded value before the fault, from 0.
  public let offset: Int
  /// A sentence: what was expected, and what stands there.
  public let detail: String

  public init(parameter: String, offset: Int = 0, detail: String) {
    self.parameter = parameter
    self.offset = offset
    self.detail = detail
  }

  /// The place as problem documents write it, `?filter@12`.
  public var pointer: String { "?\(parameter)@\(offset)" }

  public var description: String { "\(pointer): \(detail)" }
}
