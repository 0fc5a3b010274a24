"""The BitNet b1.58 architecture (2B4T form) in PyTorch: 16-bit, or ternary weights and int8 activations.

Quantisation is straight-through: the forward pass sees quantised values, the gradient the full-precision ones.
Shapes: B sequences, T tokens, D model width, H heads, K key-value heads, E head width.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Mode:
    """Switches that all layers of a process share."""

    quantize = False
    dropout = 0.0


class RMSNorm(nn.Module):
    """x / rms(x) * weight, in f32."""

    def __init__(self, width, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        x = x.float()
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


class BitLinear(nn.Linear):
    """A linear layer with absmean ternary weights and absmax int8 activations per token."""

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs, bias=False)

    def forward(self, x):
        weight = self.weight
        if Mode.quantize:
            with torch.no_grad():
                scale = 127.0 / x.abs().amax(-1, keepdim=True).clamp(min=1e-5)
                x_quantized = (x * scale).round().clamp(-128, 127) / scale
                mean = weight.abs().mean().clamp(min=1e-5)
                weight_quantized = (weight / mean).round().clamp(-1, 1) * mean
            x = x + (x_quantized - x).detach()
            weight = weight + (weight_quantized - weight).detach()
        return F.linear(x, weight)


def rope_tables(tokens, head_width, theta, device):
    """cos and sin, [T, E], half-split."""
    inverse = 1.0 / theta ** (torch.arange(0, head_width, 2, device=device).float() / head_width)
    angles = torch.outer(torch.arange(tokens, device=device).float(), inverse)
    angles = torch.cat([angles, angles], -1)
    return angles.cos(), angles.sin()


def rotate(x, cos, sin):
    """Applies RoPE to [..., T, E]."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


class Attention(nn.Module):
    """Causal grouped-query attention with a norm before the output projection."""

    def __init__(self, config):
        super().__init__()
        width = config["hidden_size"]
        self.heads = config["num_attention_heads"]
        self.kv_heads = config["num_key_value_heads"]
        self.head_width = config["head_dim"]
        self.q_proj = BitLinear(width, self.heads * self.head_width)
        self.k_proj = BitLinear(width, self.kv_heads * self.head_width)
        self.v_proj = BitLinear(width, self.kv_heads * self.head_width)
        self.o_proj = BitLinear(self.heads * self.head_width, width)
        self.attn_sub_norm = RMSNorm(self.heads * self.head_width)

    def forward(self, x, rope):
        batch, tokens, _ = x.shape

        def split(y, heads):
            return y.view(batch, tokens, heads, self.head_width).transpose(1, 2)

        v = split(self.v_proj(x), self.kv_heads)
        q = rotate(split(self.q_proj(x), self.heads), *rope).to(v.dtype)
        k = rotate(split(self.k_proj(x), self.kv_heads), *rope).to(v.dtype)
        groups = self.heads // self.kv_heads
        k = k.repeat_interleave(groups, 1)
        v = v.repeat_interleave(groups, 1)
        o = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o_proj(self.attn_sub_norm(o.transpose(1, 2).reshape(batch, tokens, -1)))


class FeedForward(nn.Module):
    """down(norm(relu(gate x)^2 * up x))."""

    def __init__(self, config):
        super().__init__()
        width, inner = config["hidden_size"], config["intermediate_size"]
        self.gate_proj = BitLinear(width, inner)
        self.up_proj = BitLinear(width, inner)
        self.down_proj = BitLinear(inner, width)
        self.ffn_sub_norm = RMSNorm(inner)

    def forward(self, x):
        gated = F.relu(self.gate_proj(x).float()).square() * self.up_proj(x).float()
        return self.down_proj(self.ffn_sub_norm(gated))


class Block(nn.Module):
    """One layer."""

    def __init__(self, config):
        super().__init__()
        self.input_layernorm = RMSNorm(config["hidden_size"])
        self.self_attn = Attention(config)
        self.post_attention_layernorm = RMSNorm(config["hidden_size"])
        self.mlp = FeedForward(config)

    def forward(self, x, rope):
        share = Mode.dropout if self.training else 0.0
        x = x + F.dropout(self.self_attn(self.input_layernorm(x), rope), share, share > 0)
        return x + F.dropout(self.mlp(self.post_attention_layernorm(x)), share, share > 0)


class BitNet(nn.Module):
    """Token ids [B, T] to logits [B, T, vocabulary]; the head is the embedding."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        layers = config["num_hidden_layers"]
        self.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList([Block(config) for _ in range(layers)])
        self.norm = RMSNorm(config["hidden_size"])
        for name, parameter in self.named_parameters():
            if parameter.dim() != 2:
                continue
            # Projections into the residual stream start smaller, by the number of additions to it.
            into_residual = "o_proj" in name or "down" in name
            spread = 1 / math.sqrt(parameter.shape[1] * (2 * layers if into_residual else 1))
            nn.init.normal_(parameter, std=0.02 if "embed" in name else spread)

    def forward(self, ids):
        x = self.embed_tokens(ids)
        rope = rope_tables(ids.shape[1], self.config["head_dim"], self.config["rope_theta"], ids.device)
        for layer in self.layers:
            x = layer(x, rope)
        return F.linear(self.norm(x).to(x.dtype), self.embed_tokens.weight)
