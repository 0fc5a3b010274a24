"""16-to-1.58-bit training on one GPU: first in 16 bits, then with ternary weights in the forward pass.

Training lasts a fixed time. It can be cut into slices: run the same command again to go on.
"""

import argparse
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from bitnet import BitNet, Mode


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("config", help="model.json")
    parser.add_argument("train", help="train.bin")
    parser.add_argument("val", help="val.bin")
    parser.add_argument("out", help="folder for state.pt, fp.pt, last.pt, log.json")
    parser.add_argument("--minutes", type=float, default=25, help="length of the whole run")
    parser.add_argument("--slice", type=float, default=60, help="stop after this many minutes")
    parser.add_argument("--batch", type=int, default=128, help="sequences in a step")
    parser.add_argument("--seq", type=int, default=512, help="tokens in a sequence")
    parser.add_argument("--lr", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument(
        "--fp_frac", type=float, default=0.25, help="share of the run in 16 bits; 2: all of it"
    )
    parser.add_argument("--drop", type=float, default=0.1, help="dropout")
    parser.add_argument("--init", default="", help="weights to start from (last.pt of another run)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--compile", type=int, default=1, help="0 switches torch.compile off")
    return parser.parse_args()


class Run:
    """Model, optimiser and data of one training run."""

    def __init__(self, arguments):
        self.arguments = arguments
        torch.manual_seed(arguments.seed)
        torch.set_float32_matmul_precision("high")
        Mode.dropout = arguments.drop
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        with open(arguments.config, encoding="utf-8") as file:
            self.model = BitNet(json.load(file)).to(self.device)
        if arguments.init:
            self.model.load_state_dict(torch.load(arguments.init, map_location=self.device))
        self.train_ids, self.val_ids = self._load_ids(arguments.train), self._load_ids(arguments.val)
        self.optimizer = self._create_optimizer()
        self.state = {"elapsed": 0.0, "step": 0, "tokens": 0, "log": [], "switched": False}
        self.checkpoint = os.path.join(arguments.out, "state.pt")
        if os.path.exists(self.checkpoint):
            self._resume()
        self.offsets = torch.arange(arguments.seq + 1, device=self.device)
        self.generator = self._generator(arguments.seed + self.state["step"])
        fixed = self._generator(7)
        self.val_batches = [self.batch(self.val_ids, min(arguments.batch, 64), fixed) for _ in range(8)]
        self.step_loss = torch.compile(self.loss) if arguments.compile else self.loss

    def _load_ids(self, path):
        return torch.from_numpy(np.fromfile(path, dtype=np.uint16).astype(np.int32)).to(self.device)

    def _generator(self, seed):
        generator = torch.Generator(device=self.device)
        generator.manual_seed(seed)
        return generator

    def _create_optimizer(self):
        matrices = [p for p in self.model.parameters() if p.dim() == 2]
        vectors = [p for p in self.model.parameters() if p.dim() != 2]
        groups = [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}]
        fused = {"fused": True} if self.device == "cuda" else {}
        return torch.optim.AdamW(groups, lr=self.arguments.lr, betas=(0.9, 0.95), eps=1e-8, **fused)

    def _resume(self):
        saved = torch.load(self.checkpoint, weights_only=False)
        self.model.load_state_dict(saved["m"])
        self.optimizer.load_state_dict(saved["o"])
        self.state = saved["st"]
        print(f"resumed at {self.state['elapsed']:.0f} s, step {self.state['step']}", flush=True)

    def batch(self, source, count, generator):
        """Inputs and targets, [count, seq] each, from random places."""
        last = len(source) - self.arguments.seq - 1
        starts = torch.randint(0, last, (count,), device=self.device, generator=generator)
        ids = source[starts[:, None] + self.offsets].long()
        return ids[:, :-1], ids[:, 1:]

    def loss(self, inputs, targets):
        """Mean cross-entropy in nats per token."""
        with torch.autocast(self.device, dtype=torch.bfloat16):
            logits = self.model(inputs)
        return F.cross_entropy(logits.float().view(-1, logits.shape[-1]), targets.reshape(-1))

    def validate(self, quantize):
        """Loss on the fixed validation batches, in 16 bits or ternary."""
        before, Mode.quantize = Mode.quantize, quantize
        self.model.eval()
        with torch.no_grad():
            value = float(np.mean([self.loss(*batch).item() for batch in self.val_batches]))
        Mode.quantize = before
        self.model.train()
        return value

    def step(self, progress):
        """One optimiser step: 200 warm-up steps, linear decay, weight decay off in the second half."""
        rate = self.arguments.lr * min(1, (self.state["step"] + 1) / 200) * max(0.0, 1 - progress)
        for group in self.optimizer.param_groups:
            group["lr"] = max(rate, self.arguments.lr * 0.01)
        self.optimizer.param_groups[0]["weight_decay"] = 0.1 if progress < 0.5 else 0.0
        inputs, targets = self.batch(self.train_ids, self.arguments.batch, self.generator)
        loss = self.step_loss(inputs, targets)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.state["step"] += 1
        self.state["tokens"] += inputs.numel()
        return loss

    def note(self, label, *values):
        """Logs and prints both validation losses."""
        line = [
            label,
            self.state["step"],
            self.state["tokens"],
            self.validate(False),
            self.validate(True),
            *values,
        ]
        self.state["log"].append(line)
        print("{} step {} tokens {} 16-bit {:.4f} ternary {:.4f}".format(*line[:5]), flush=True)

    def save_weights(self, name):
        weights = {key: value.detach().to("cpu") for key, value in self.model.state_dict().items()}
        torch.save(weights, os.path.join(self.arguments.out, f"{name}.pt"))

    def save_state(self):
        state = {"m": self.model.state_dict(), "o": self.optimizer.state_dict(), "st": self.state}
        torch.save(state, self.checkpoint)
        self.save_weights("last")
        with open(os.path.join(self.arguments.out, "log.json"), "w", encoding="utf-8") as file:
            json.dump(self.state["log"], file)


def main():
    arguments = parse_arguments()
    os.makedirs(arguments.out, exist_ok=True)
    run = Run(arguments)
    print(
        f"{sum(p.numel() for p in run.model.parameters())} parameters, {len(run.train_ids)} tokens",
        flush=True,
    )
    started, before, last_note = time.time(), run.state["elapsed"], time.time()
    while True:
        spent = time.time() - started
        progress = (before + spent) / (arguments.minutes * 60)
        if progress >= 1 or spent > arguments.slice * 60:
            break
        Mode.quantize = progress >= arguments.fp_frac
        if Mode.quantize and not run.state["switched"]:
            run.state["switched"] = True
            run.note("switch")
            run.save_weights("fp")
            # The compiled step has the 16-bit branch built in: torch.compile does not watch a class attribute.
            torch.compiler.reset()
        loss = run.step(progress)
        if run.state["step"] % 50 == 0 and time.time() - last_note > 60:
            last_note = time.time()
            run.note("progress", loss.item())
    run.state["elapsed"] = before + time.time() - started
    run.note("end")
    run.save_state()


if __name__ == "__main__":
    main()
