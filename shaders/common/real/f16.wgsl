// real/f16: tiles of binary16.
enable f16;
alias Real4 = vec4<f16>;
