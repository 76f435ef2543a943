import DaprClient

/// One shared call of the writer: the transaction of some members through one slot, with all that may become of it.
struct SharedTransaction: Sendable {
  static let attempts = 4

  let store: any JournalStore
  let publication: Publication
  let settlement: Settlement
  let journal: Journal
  let batch: Batch<PendingWrite, Void>

  /// - Parameter members: indexes into the batch.
  /// - Returns: the slot, free again; nil when the journal is lost, or the slot's state was not found out before the end.
  func run(_ members: [Int], in slot: JournalSlot, attempt: Int = 1) async -> JournalSlot? {
    var slot = slot
    slot.number += 1
    switch await store.transaction(operations(members, slot)) {
    case .committed:
      async let settled = settlement.readBack(slot)
      await publish(members)
      return await settled
    case .notSent(let error):
      await fail(members, .unavailable(error.message))
      return slot
    case .refused(let error):
      return await halves(of: members, in: slot, error)
    case .inDoubt:
      switch await settlement.settle(slot, onDelay: { await fail(members, .inDoubt) }) {
      case .committed(let settled):
        await publish(members)
        return settled
      case .void(let settled):
        return await again(members, in: settled, attempt)
      case .lost:
        journal.lose()
        await fail(members, .inDoubt)
        return nil
      case nil:
        await fail(members, .inDoubt)
        return nil
      }
    }
  }

  private func operations(_ members: [Int], _ slot: JournalSlot) -> [StateOperation] {
    var operations: [StateOperation] = []
    var ids: [String] = []
    for member in members {
      operations += batch.elements[member].write.operations
      ids += batch.elements[member].write.ids
    }
    let record = SlotRecord(lease: journal.lease, number: slot.number, ids: ids)
    operations.append(
      .upsert(JournalKey.slot(journal.number, slot.index), record.bytes, if: .matches(slot.etag)))
    return operations
  }

  private func publish(_ members: [Int]) async {
    let events = members.flatMap { batch.elements[$0].write.events }
    if await publication.publish(events, onDelay: { await fail(members, .inDoubt) }) {
      for member in members { await batch.finish(member, .success(())) }
    } else {
      await fail(members, .inDoubt)
    }
  }

  /// A 400 is one member's fault: halves go by themselves until it stands alone.
  private func halves(of members: [Int], in slot: JournalSlot, _ error: DaprError) async -> JournalSlot? {
    guard members.count > 1 else {
      await fail(members, .refused(error.message))
      return slot
    }
    let second = Array(members.dropFirst(members.count / 2))
    guard let slot = await run(Array(members.prefix(members.count / 2)), in: slot) else {
      await fail(second, .unavailable("the journal is lost"))
      return nil
    }
    return await run(second, in: slot)
  }

  /// Nothing was stored: members whose preconditions do not hold drop out, the rest goes once more.
  private func again(_ members: [Int], in slot: JournalSlot, _ attempt: Int) async -> JournalSlot? {
    guard attempt < Self.attempts,
      let entries = try? await store.get(all: members.flatMap { batch.elements[$0].write.guardedKeys })
    else {
      await fail(members, .unavailable("the state store does not take the write"))
      return slot
    }
    let standing = members.filter { batch.elements[$0].write.holds(in: entries) }
    await fail(members.filter { !standing.contains($0) }, .conflict)
    return standing.isEmpty ? slot : await run(standing, in: slot, attempt: attempt + 1)
  }

  private func fail(_ members: [Int], _ failure: WriteFailure) async {
    for member in members { await batch.finish(member, .failure(failure)) }
  }
}
