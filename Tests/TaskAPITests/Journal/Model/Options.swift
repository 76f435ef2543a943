extension World {
  /// What may happen next; the first is what happens when all goes well.
  ///
  /// What commutes with the first is left out, since it may as well happen later: a late call lands just before one that
  /// touches a key of its own, or at the end; a replica is paused or killed just after it has moved.
  func options(_ scenario: Scenario, mayDeviate: Bool) -> [Action] {
    let answerable = answerable
    var options: [Action] = []
    if let first = answerable.first {
      options.append(.answer(first))
    } else if canAdvance {
      options.append(.advance)
    } else if let paused = replicas.indices.first(where: { replicas[$0].isPaused && !replicas[$0].isDead }) {
      options.append(.wake(paused))
    }
    guard mayDeviate, !options.isEmpty else { return options }
    let menu = scenario.menu
    if let first = answerable.first {
      if first.held == nil, scenario.disturbsLeases || !first.isOfLeases {
        options += faults(of: first).filter { menu.contains($0.kind) }
      }
      if menu.contains(.answer) { options += answerable.dropFirst().map { .answer($0) } }
      if menu.contains(.advance), canAdvance { options.append(.advance) }
      if menu.contains(.land) {
        options += late.filter { $0.keys.contains(where: first.keys.contains) }.map { .land($0) }
      }
    }
    for replica in replicas.indices where !replicas[replica].isDead {
      if replicas[replica].isPaused {
        if menu.contains(.wake) { options.append(.wake(replica)) }
        guard menu.contains(.hold) else { continue }
        options += calls.filter { $0.replica == replica && $0.continuation != nil && $0.held == nil }.map { .hold($0) }
      } else if moved.contains(replica) {
        if menu.contains(.pause) { options.append(.pause(replica)) }
        if menu.contains(.kill) { options.append(.kill(replica)) }
        if menu.contains(.stop), !replicas[replica].isStopping { options.append(.stop(replica)) }
      }
    }
    if menu.contains(.leave) {
      options += callers.indices.filter { !callers[$0].hasLeft && replicas[callers[$0].replica].runs }.map {
        .leave($0)
      }
    }
    return options
  }

  private func faults(of call: Call) -> [Action] {
    switch call.request {
    case .read: [.drop(call), .hold(call)]
    case .save: [.loseAnswer(call), .drop(call), .giveUp(call), .runTwice(call), .hold(call)]
    case .transaction:
      [
        .loseAnswer(call), .drop(call), .giveUp(call), .runTwice(call), .hold(call), .refuse(call), .notSent(call),
      ]
    case .publish(let events):
      [.loseAnswer(call), .drop(call), .giveUp(call), .runTwice(call), .hold(call)]
        + (events.count > 1 ? [.publishHalf(call)] : [])
    }
  }
}
