// SPDX-License-Identifier: Apache-2.0
// An element that holds an operand: sums pass through it. With a second register the next operand
// waits there until the first step of its fold comes by.
module stationary_element
  import array_types::*;
#(
    parameter int ROW = 0,
    parameter bit DOUBLED = 0
) (
    input logic clk,
    input moving_t moving_in,
    input falling_t falling_in,
    input sum_t sum_in,
    output moving_t moving_out,
    output falling_t falling_out,
    output sum_t sum_out
);
  operand_t active, waiting;
  wire operand_t weight = DOUBLED && moving_in.first ? waiting : active;
  wire arrives = falling_in.valid && falling_in.row == 16'(ROW);

  always_ff @(posedge clk) begin
    moving_out <= moving_in;
    falling_out <= falling_in;
    if (arrives) falling_out.valid <= 0;
    if (moving_in.valid) begin
      sum_out <= sum_in + moving_in.value * weight;
      active  <= weight;
    end
    if (arrives && DOUBLED) waiting <= falling_in.value;
    if (arrives && !DOUBLED) active <= falling_in.value;
  end
endmodule
