/// One time series, or one histogram's few.
public protocol Metric: AnyObject, Sendable {
  /// As in a TYPE line.
  static var type: String { get }
  /// Appends its samples. `labels` are rendered pairs without braces.
  func append(name: String, labels: String, to text: inout ExpositionText)
}
