// real/f32: tiles of binary32.
alias Real4 = vec4<f32>;
