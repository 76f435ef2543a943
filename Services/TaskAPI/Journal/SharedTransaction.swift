import Daemon
import DaprClient

/// One shared call of the writer: the transaction of some members through one slot, with all that may become of it.
///
/// The call has its place among those in flight for its transaction alone. Once that is known to have committed, the next
/// may start; the slot stays busy, and the members' keys theirs, until the events are acknowledged.
struct SharedTransaction: Sendable {
  static let attempts = 4

  let store: any JournalStore
  let publication: Publication
  let settlement: Settlement
  let journal: Journal
  let batch: Batch<PendingWrite, Void>
  /// How many calls may be in flight.
  let places: Int

  /// - Parameters:
  ///   - members: indexes into the batch.
  ///   - isLast: whether the call sends nothing after this transaction once it has committed.
  /// - Returns: the slot, free again; nil when the journal is lost, or at the end of the process something about the slot
  ///   is not known or not published.
  func run(_ members: [Int], in slot: JournalSlot, attempt: Int = 1, isLast: Bool = true) async -> JournalSlot? {
    var slot = slot
    slot.number += 1
    StopPoint.reach(.transactionReady)
    switch await store.transaction(operations(members, slot)) {
    case .committed:
      StopPoint.reach(.transactionCommitted)
      if isLast { await leavePlace() }
      async let settled = settlement.readBack(slot)
      guard await publish(members) else { return nil }
      return await settled
    case .notSent(let error):
      await fail(members, .unavailable(error.message))
      return slot
    case .refused(let error):
      return await halves(of: members, in: slot, error, isLast)
    case .inDoubt:
      switch await settlement.settle(slot, onDelay: { await fail(members, .inDoubt) }) {
      case .committed(let settled):
        if isLast { await leavePlace() }
        return await publish(members) ? settled : nil
      case .void(let settled):
        return await again(members, in: settled, attempt, isLast)
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

  /// Only while slots remain for all calls that may be in flight and one for who asks whether to write: where publishing
  /// is the slower stage, writes wait for it and none is refused.
  private func leavePlace() async {
    if journal.freeSlotCount > places { await batch.freePlace() }
  }

  private func publish(_ members: [Int]) async -> Bool {
    let events = members.flatMap { batch.elements[$0].write.events }
    guard await publication.publish(events, onDelay: { await fail(members, .inDoubt) }) else {
      await fail(members, .inDoubt)
      return false
    }
    StopPoint.reach(.eventsPublished)
    await batch.finish(members, .success(()))
    StopPoint.reach(.callersResumed)
    return true
  }

  /// A 400 is one member's fault: halves go by themselves until it stands alone.
  private func halves(
    of members: [Int], in slot: JournalSlot, _ error: DaprError, _ isLast: Bool
  ) async -> JournalSlot? {
    guard members.count > 1 else {
      await fail(members, .refused(error.message))
      return slot
    }
    let second = Array(members.dropFirst(members.count / 2))
    guard let slot = await run(Array(members.prefix(members.count / 2)), in: slot, isLast: false) else {
      await fail(second, .unavailable("the journal is lost"))
      return nil
    }
    return await run(second, in: slot, isLast: isLast)
  }

  /// Nothing was stored: members whose preconditions do not hold drop out, the rest goes once more.
  private func again(
    _ members: [Int], in slot: JournalSlot, _ attempt: Int, _ isLast: Bool
  ) async -> JournalSlot? {
    guard attempt < Self.attempts,
      let entries = try? await store.get(all: members.flatMap { batch.elements[$0].write.guardedKeys })
    else {
      await fail(members, .unavailable("the state store does not take the write"))
      return slot
    }
    let standing = members.filter { batch.elements[$0].write.holds(in: entries) }
    await fail(members.filter { !standing.contains($0) }, .conflict)
    return standing.isEmpty ? slot : await run(standing, in: slot, attempt: attempt + 1, isLast: isLast)
  }

  private func fail(_ members: [Int], _ failure: WriteFailure) async {
    await batch.finish(members, .failure(failure))
  }
}
