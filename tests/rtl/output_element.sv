// SPDX-License-Identifier: Apache-2.0
// An element that holds a sum: both operands pass through it. After the last step it offers the sum
// for one cycle.
module output_element
  import array_types::*;
(
    input logic clk,
    input moving_t moving_in,
    input falling_t falling_in,
    output moving_t moving_out,
    output falling_t falling_out,
    output logic done,
    output sum_t sum
);
  always_ff @(posedge clk) begin
    moving_out <= moving_in;
    falling_out <= falling_in;
    done <= moving_in.valid && moving_in.last;
    if (moving_in.valid) begin
      sum <= (moving_in.first ? 0 : sum) + moving_in.value * falling_in.value;
      assert (falling_in.valid);
    end
  end
endmodule
