// SPDX-License-Identifier: Apache-2.0
// Elements that hold operands. Sums leave at the bottom.
module stationary_grid
  import array_types::*;
#(
    parameter int ROWS = 1,
    parameter int COLS = 1,
    parameter bit DOUBLED = 0
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
  sum_t sum[ROWS+1][COLS];

  for (genvar r = 0; r < ROWS; r++) begin : gen_row
    assign moving[r][0] = left[r];
    for (genvar c = 0; c < COLS; c++) begin : gen_element
      stationary_element #(r, DOUBLED) element (
          .clk,
          .moving_in(moving[r][c]),
          .falling_in(falling[r][c]),
          .sum_in(sum[r][c]),
          .moving_out(moving[r][c+1]),
          .falling_out(falling[r+1][c]),
          .sum_out(sum[r+1][c])
      );
    end
  end
  for (genvar c = 0; c < COLS; c++) begin : gen_column
    assign falling[0][c] = top[c];
    assign sum[0][c] = 0;
    assign bottom[c] = sum[ROWS][c];
  end
  assign last_column_valid = moving[ROWS-1][COLS].valid;
endmodule
