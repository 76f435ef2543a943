/// A table that reads well in a terminal and is Markdown too.
struct TextTable {
  private var rows: [[String]]
  /// So many columns are texts and lean to the left, the rest are numbers.
  private let leading: Int

  init(_ head: [String], leading: Int) {
    rows = [head]
    self.leading = leading
  }

  mutating func add(_ row: [String]) { rows.append(row) }

  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var lines = rows.map { row in
      let cells = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return column < leading ? row[column] + space : space + row[column]
      }
      return "| " + cells.joined(separator: " | ") + " |"
    }
    let rule = widths.indices.map { column in
      let dashes = String(repeating: "-", count: widths[column] + 1)
      return column < leading ? ":" + dashes : dashes + ":"
    }
    lines.insert("|" + rule.joined(separator: "|") + "|", at: 1)
    return lines.joined(separator: "\n") + "\n"
  }
}
