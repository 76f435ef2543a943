import SQLite

/// A piece of SQL with the values of its parameters, which are never written into the text.
struct SQL {
  var text: String
  var values: [SQLiteValue]

  init(_ text: String, _ values: SQLiteValue...) {
    self.text = text
    self.values = values
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
