// SPDX-License-Identifier: Apache-2.0
// DEPTH registers behind one another; with none, a wire, which leaves the clock unused.
module delay_line #(
    parameter int WIDTH = 1,
    parameter int DEPTH = 0
) (
    /* verilator lint_off UNUSEDSIGNAL */
    input logic clk,
    /* verilator lint_on UNUSEDSIGNAL */
    input logic [WIDTH-1:0] in,
    output logic [WIDTH-1:0] out
);
  if (DEPTH == 0) begin : gen_wire
    assign out = in;
  end else begin : gen_registers
    logic [WIDTH-1:0] stage[DEPTH];
    always_ff @(posedge clk) begin
      stage[0] <= in;
      for (int i = 1; i < DEPTH; i++) stage[i] <= stage[i-1];
    end
    assign out = stage[DEPTH-1];
  end
endmodule
