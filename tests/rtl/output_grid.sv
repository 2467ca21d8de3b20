// SPDX-License-Identifier: Apache-2.0
// Elements that hold sums. Each column has a bus, on which one element at most offers its sum.
module output_grid
  import array_types::*;
#(
    parameter int ROWS = 1,
    parameter int COLS = 1
) (
    input logic clk,
    input moving_t left[ROWS],
    input falling_t top[COLS],
    output sum_t bottom[COLS],
    output logic last_column_valid
);
  // [r][c] enters element (r, c), from the left or from above.
  moving_t moving[ROWS][COLS+1];
  falling_t falling[ROWS+1][COLS];
  sum_t sum[COLS][ROWS];
  logic [ROWS-1:0] done[COLS];

  for (genvar r = 0; r < ROWS; r++) begin : gen_row
    assign moving[r][0] = left[r];
    for (genvar c = 0; c < COLS; c++) begin : gen_element
      output_element element (
          .clk,
          .moving_in(moving[r][c]),
          .falling_in(falling[r][c]),
          .moving_out(moving[r][c+1]),
          .falling_out(falling[r+1][c]),
          .done(done[c][r]),
          .sum(sum[c][r])
      );
    end
  end
  for (genvar c = 0; c < COLS; c++) begin : gen_column
    assign falling[0][c] = top[c];
    always_comb begin
      bottom[c] = 0;
      for (int r = 0; r < ROWS; r++) if (done[c][r]) bottom[c] |= sum[c][r];
    end
    always_ff @(posedge clk) assert ($onehot0(done[c]));
  end
  assign last_column_valid = |done[COLS-1];
endmodule
