import JSONLog

/// Reads settings from environment variables. Reading one declares it: for `--help`, and as known. Faults are collected, so
/// that all are said at once. An empty variable counts as unset.
public struct SettingsReader {
  struct Declaration {
    let key: String
    let initial: String?
    let help: String
  }

  /// What is wrong with one variable.
  struct Fault: Equatable {
    let key: String
    let reason: String
  }

  static let prefix = "TASKMESH_"

  private let environment: [String: String]
  private(set) var declarations: [Declaration] = []
  private(set) var faults: [Fault] = []

  init(environment: [String: String]) { self.environment = environment }

  /// Reads a value by `parse`, which returns nil for what is not `expected`.
  /// - Parameter initial: the value when the variable is unset, and its text for `--help`.
  public mutating func value<Value>(
    _ key: String, default initial: Value, text: String, expected: String, _ help: String, parse: (String) -> Value?
  ) -> Value {
    guard let given = given(key, initial: text, help) else { return initial }
    guard let value = parse(given) else {
      fault(key, "\"\(given)\" is not \(expected)")
      return initial
    }
    return value
  }

  /// A text; without a default one must be given.
  public mutating func string(_ key: String, default initial: String? = nil, _ help: String) -> String {
    if let given = given(key, initial: initial, help) { return given }
    if initial == nil { fault(key, "is missing") }
    return initial ?? ""
  }

  /// A text that may be missing.
  public mutating func optionalString(_ key: String, _ help: String) -> String? { given(key, initial: "", help) }

  /// A secret that may be missing; neither help nor faults show it.
  public mutating func secret(_ key: String, _ help: String) -> Secret<String>? {
    given(key, initial: "", help).map(Secret.init)
  }

  public mutating func int(
    _ key: String, default initial: Int, in range: ClosedRange<Int>, _ help: String
  ) -> Int {
    value(
      key, default: initial, text: String(initial),
      expected: "a whole number from \(range.lowerBound) to \(range.upperBound)", help
    ) { Int($0).flatMap { range.contains($0) ? $0 : nil } }
  }

  public mutating func port(_ key: String, default initial: UInt16, _ help: String) -> UInt16 {
    UInt16(int(key, default: Int(initial), in: 0...65_535, help))
  }

  public mutating func bool(_ key: String, default initial: Bool, _ help: String) -> Bool {
    value(key, default: initial, text: initial ? "true" : "false", expected: "true or false", help) { Bool($0) }
  }

  /// A time as `250ms`, `20s`, `5m` or `1h`; a bare number is seconds.
  public mutating func duration(_ key: String, default initial: Duration, _ help: String) -> Duration {
    value(
      key, default: initial, text: SettingDuration.text(initial), expected: "a time such as 250ms, 20s or 5m", help,
      parse: SettingDuration.parse)
  }

  /// One of some words.
  public mutating func choice<Value>(
    _ key: String, default initial: String, _ values: KeyValuePairs<String, Value>, _ help: String
  ) -> Value {
    let words = values.map(\.key)
    let fallback = values.first { $0.key == initial } ?? values[0]
    return value(
      key, default: fallback.value, text: fallback.key, expected: "one of \(words.joined(separator: ", "))", help
    ) { text in values.first { $0.key == text }?.value }
  }

  /// Words separated by commas.
  public mutating func list(_ key: String, default initial: [String] = [], _ help: String) -> [String] {
    given(key, initial: initial.joined(separator: ","), help).map { $0.split(separator: ",").map(String.init) }
      ?? initial
  }

  /// Notes what is wrong with a value that was read, perhaps beside another.
  public mutating func fault(_ key: String, _ reason: String) { faults.append(Fault(key: key, reason: reason)) }

  /// Notes the variables that have our prefix and that nothing has read.
  mutating func refuseUnknown() {
    let known = Set(declarations.map(\.key))
    for key in environment.keys.sorted() where key.hasPrefix(Self.prefix) && !known.contains(key) {
      fault(key, "is no setting of this daemon")
    }
  }

  private mutating func given(_ key: String, initial: String?, _ help: String) -> String? {
    declarations.append(Declaration(key: key, initial: initial, help: help))
    return environment[key].flatMap { $0.isEmpty ? nil : $0 }
  }
}
