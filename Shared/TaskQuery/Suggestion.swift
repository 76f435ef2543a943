/// " Did you mean priority?" when one of `names` is nearly `word`, else nothing.
func suggestion(for word: String, among names: [String]) -> String {
  let word = caseFolded(word)
  // Long garbage is no misspelling, and the table below would grow with it.
  guard word.unicodeScalars.count <= 32 else { return "" }
  let ranked = names.map { (name: $0, distance: editDistance(word, caseFolded($0))) }
  guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= max(1, best.name.count / 3) else {
    return ""
  }
  return " Did you mean \(best.name)?"
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
private func editDistance(_ left: String, _ right: String) -> Int {
  let (left, right) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
  var rows = [Array(0...right.count)]
  for (i, a) in left.enumerated() {
    var row = [i + 1]
    for (j, b) in right.enumerated() {
      var cost = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a == b ? 0 : 1))
      if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { cost = min(cost, rows[i - 1][j - 1] + 1) }
      row.append(cost)
    }
    rows.append(row)
  }
  return rows[left.count][right.count]
}
