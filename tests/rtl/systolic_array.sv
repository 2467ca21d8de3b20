// SPDX-License-Identifier: Apache-2.0
// A systolic array with its skew registers and its controller. Operand memories answer within the
// cycle: `left` and `top` are what load_* and stream_* ask for, unskewed. Results come a row a cycle,
// in the order of folds and, within a fold, of steps ("ws", "is") or of rows ("os").
module systolic_array
  import array_types::*;
#(
    parameter int ROWS = 4,
    parameter int COLS = 4,
    parameter string DATAFLOW = "ws",
    parameter int WEIGHT_BUFFERS = 1
) (
    input logic clk,
    input logic reset,
    input logic [31:0] folds,
    input logic [31:0] steps,
    output logic loading,
    output logic [31:0] load_fold,
    output logic [31:0] load_row,
    output logic streaming,
    output logic [31:0] stream_fold,
    output logic [31:0] stream_step,
    input operand_t left[ROWS],
    input operand_t top[COLS],
    output logic result_valid,
    output sum_t results[COLS]
);
  localparam bit SumsStay = DATAFLOW == "os";
  localparam bit Doubled = WEIGHT_BUFFERS == 2 && !SumsStay;

  logic [31:0] load_step;
  controller #(ROWS, COLS, !SumsStay, Doubled) control (.*);
  assign load_row = ROWS - 1 - load_step;

  moving_t entering_left[ROWS];
  for (genvar r = 0; r < ROWS; r++) begin : gen_left
    wire moving_t entering = '{streaming, stream_step == 0, stream_step == steps - 1, left[r]};
    delay_line #($bits(moving_t), r) skew (.clk, .in(entering), .out(entering_left[r]));
  end

  falling_t entering_top[COLS];
  for (genvar c = 0; c < COLS; c++) begin : gen_top
    wire falling_t entering = '{SumsStay ? streaming : loading, 16'(load_row), top[c]};
    delay_line #($bits(falling_t), c) skew (.clk, .in(entering), .out(entering_top[c]));
  end

  sum_t bottom[COLS];
  if (SumsStay) begin : gen_sums_stay
    output_grid #(ROWS, COLS) grid (
        .clk, .left(entering_left), .top(entering_top), .bottom, .last_column_valid(result_valid)
    );
  end else begin : gen_operands_stay
    stationary_grid #(ROWS, COLS, Doubled) grid (
        .clk, .left(entering_left), .top(entering_top), .bottom, .last_column_valid(result_valid)
    );
  end

  for (genvar c = 0; c < COLS; c++) begin : gen_results
    delay_line #($bits(sum_t), COLS - 1 - c) straighten (.clk, .in(bottom[c]), .out(results[c]));
  end
endmodule
