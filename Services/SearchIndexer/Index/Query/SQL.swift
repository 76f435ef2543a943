import SQLite

/// A piece of SQL with the values of its parameters, which are never written into the text.
struct SQL: Hashable {
  var text: String
  var values: [SQLiteValue]

  init(_ text: String, _ values: SQLiteValue...) {
    self.text = text
    self.values = values
  }

  /// Octets of the text and of the values that have some.
  var size: Int {
    values.reduce(text.utf8.count) { size, value in
      switch value {
      case .text(let value): size + value.utf8.count
      case .utf8(let value), .blob(let value): size + value.count
      case .null, .int, .double: size
      }
    }
  }

  static func + (left: SQL, right: SQL) -> SQL {
    var sum = left
    sum.text += right.text
    sum.values += right.values
    return sum
  }

  static func + (left: SQL, right: String) -> SQL { left + SQL(right) }
  static func + (left: String, right: SQL) -> SQL { SQL(left) + right }

  /// Joined by `separator`.
  static func join(_ parts: [SQL], _ separator: String) -> SQL {
    parts.dropFirst().reduce(parts.first ?? SQL("")) { $0 + separator + $1 }
  }

  /// `WHERE …`, or nothing.
  static func all(_ conditions: [SQL]) -> SQL { conditions.isEmpty ? SQL("") : " WHERE " + join(conditions, " AND ") }
}
