// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/energy_prices.h"

#include <fmt/format.h>

#include "sim/core/error.h"

namespace npulse::dram {
namespace {

double burst_bits(const ResolvedPart& part) {
  return 8.0 * static_cast<double>(part.organisation.burst_bytes());
}

/// A refresh of a set of banks costs its share of one of all banks.
Picojoules share_of(const ResolvedPart& part, Picojoules refab) {
  return part.refresh_sets ? refab * (1.0 / static_cast<double>(part.refresh_sets)) : Picojoules{0};
}

RailPrices prices_of(const EnergyFigures& e, const ResolvedPart& part) {
  const double bits = burst_bits(part);
  const double share = 1.0 / static_cast<double>(part.organisation.pseudo_channels);
  const auto power = [&](double channel_mw) { return Milliwatts{channel_mw * share}; };
  RailPrices prices;
  prices.activate = Picojoules{e.activate_pj};
  prices.refab = Picojoules{e.refresh_pj};
  prices.refpb = share_of(part, prices.refab);
  prices.read_column = Picojoules{bits * e.read_pj_per_bit};
  prices.read_io = Picojoules{bits * e.io_read_pj_per_bit};
  prices.write_column = Picojoules{bits * e.write_pj_per_bit};
  prices.write_io = Picojoules{bits * e.io_write_pj_per_bit};
  prices.power = {power(e.active_standby_mw), power(e.precharge_standby_mw),
                  power(e.active_power_down_mw), power(e.precharge_power_down_mw),
                  power(e.self_refresh_mw)};
  return prices;
}

/// What a command adds to the standby around it, over the time that it takes in the data sheet's
/// loop: the formulas of Micron's TN-41-01, as DRAMPower has them.
class CurrentPricer {
 public:
  CurrentPricer(const SupplyCurrents& currents, const ResolvedPart& part)
      : c_{currents},
        part_{part},
        width_{static_cast<double>(currents.devices)},
        ranks_{static_cast<double>(part.organisation.ranks)} {}

  RailPrices prices(const std::string& rail) const {
    const auto at = [&](const ByRail& current) { return current.at(rail); };
    const double volts = at(c_.volts), open = at(c_.idd3n), closed = at(c_.idd2n);
    const auto power = [&](double milliamps) {
      return Milliwatts{volts * milliamps * width_ * ranks_};
    };
    // TN-41-01, E(REF), from IDD2N: no row is open meanwhile. IDD5PB is a mean over tREFIpb
    // (JESD209-4, IDD specifications).
    const auto refresh = [&](const ByRail& current, const char* interval) {
      return Picojoules{power(at(current) - closed).count() * ns(interval)};
    };
    // TN-41-01, P(RD) and P(WR), for the share of a burst.
    const auto burst = [&](double milliamps) {
      return Picojoules{volts * (milliamps - open) * burst_ns() * width_};
    };
    RailPrices prices;
    prices.rail = rail;
    prices.activate = Picojoules{volts * row_charge(rail) * width_};
    prices.refab = refresh(c_.idd5, "t_rfc_ab");
    prices.refpb = c_.idd5pb && part_.refresh_sets ? refresh(*c_.idd5pb, "t_refi_pb")
                                                   : share_of(part_, prices.refab);
    const bool io = rail == kIoRail;
    (io ? prices.read_io : prices.read_column) = burst(at(c_.idd4r));
    (io ? prices.write_io : prices.write_column) = burst(at(c_.idd4w));
    prices.power = {power(open), power(closed), power(at(c_.idd3p)), power(at(c_.idd2p)),
                    power(at(c_.idd6))};
    return prices;
  }

 private:
  double ns(std::string_view latency) const {
    return static_cast<double>(part_.clock.time_of(part_.ticks(latency)).count()) * 1e-3;
  }
  /// TN-41-01, P(ACT): IDD0 tRC - (IDD3N tRAS + IDD2N (tRC - tRAS)), with IDD3N for one open bank.
  /// In mA ns.
  double row_charge(const std::string& rail) const {
    const double idd0 = c_.idd0.at(rail), closed = c_.idd2n.at(rail);
    const double one_open =
        closed + (c_.idd3n.at(rail) - closed) / static_cast<double>(c_.idd3n_banks);
    const double charge = (idd0 - one_open) * ns("t_ras") + (idd0 - closed) * ns("t_rp");
    if (charge >= 0) return charge;
    throw InputError{part_.params.name + ".energy.currents.idd0." + rail,
                     fmt::format("{} mA is less than the standby it contains", idd0),
                     "see idd3n_banks, or give energy.figures"};
  }
  /// Data without a gap at the rate of the data sheet.
  double burst_ns() const {
    return 1e3 * static_cast<double>(part_.organisation.burst_length) /
           static_cast<double>(c_.rate_mtps);
  }

  const SupplyCurrents& c_;
  const ResolvedPart& part_;
  double width_, ranks_;
};

}  // namespace

std::vector<RailPrices> rail_prices(const ResolvedPart& part) {
  const EnergyParams& energy = part.params.energy;
  ensure(energy.figures.has_value() != energy.currents.has_value(), "an unchecked part");
  if (energy.figures) return {prices_of(*energy.figures, part)};
  std::vector<RailPrices> prices;
  const CurrentPricer pricer{*energy.currents, part};
  for (const auto& [rail, volts] : energy.currents->volts) prices.push_back(pricer.prices(rail));
  return prices;
}

}  // namespace npulse::dram
