import JSON

/// Why a client's JSON is not taken.
public enum TaskInputError: Error, Sendable, Equatable {
  /// It cannot be parsed (400), and where.
  case notJSON(TaskFault)
  /// These fields are against their rules (422).
  case invalid([TaskFault])

  /// An error of the reader's for which reading cannot go on.
  init(_ error: JSONError, in text: Span<UInt8>) {
    self = .notJSON(TaskFault(JSONPointer.locate(error.offset, in: text), "\(error.description)."))
  }
}
