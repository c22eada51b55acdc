import { key, tanh } from "@opt/core";
import { minibatches, twoMoons } from "@opt/data";
import { adam } from "@opt/first-order";
import { mlp, softmaxCrossEntropy } from "@opt/nn";
import { autoencoderStage, greedyPretrain, maskingNoise } from "@opt/strategies";
import { fit } from "@opt/train";
import { expect, it } from "vitest";

it("x", async () => {
 const { params, apply, stages } = await greedyPretrain({
   sizes: [2, 8, 8, 2],
   activation: tanh,
   loss: (outputs, batch) => softmaxCrossEntropy(outputs, batch.targets),
   batches: minibatches(twoMoons({ count: 64, key: key(1) }), { batchSize: 16, key: key(2) }),
   train: ({ params, loss, batches }) => fit({ params, loss, batches, optimizer: adam(), epochs: 2 }),
   key: key(3),
   makeStage: autoencoderStage({ tied: true, corruption: maskingNoise(0.2) }),
 });
 expect([params, apply, stages]).toMatchInlineSnapshot(`
   [
     {
       "layers": [
         {
           "bias": Tensor {
             "dtype": "f32",
             "id": 1437,
             "inputs": [],
             "label": undefined,
             "operation": {
               "name": "data",
             },
             "retired": undefined,
             "shape": [
               8,
             ],
             "storage": {
               "array": undefined,
               "buffer": WasmBuffer {
                 "address": 17344,
                 "byteLength": 32,
               },
               "dtype": "f32",
               "length": 8,
               "shared": false,
               "stamp": 40,
             },
           },
           "weight": Tensor {
             "dtype": "f32",
             "id": 1436,
             "inputs": [],
             "label": undefined,
             "operation": {
               "name": "data",
             },
             "retired": undefined,
             "shape": [
               2,
               8,
             ],
             "storage": {
               "array": undefined,
               "buffer": WasmBuffer {
                 "address": 17216,
                 "byteLength": 64,
               },
               "dtype": "f32",
               "length": 16,
               "shared": false,
               "stamp": 40,
             },
           },
         },
         {
           "bias": Tensor {
             "dtype": "f32",
             "id": 1439,
             "inputs": [],
             "label": undefined,
             "operation": {
               "name": "data",
             },
             "retired": undefined,
             "shape": [
               8,
             ],
             "storage": {
               "array": undefined,
               "buffer": WasmBuffer {
                 "address": 17792,
                 "byteLength": 32,
               },
               "dtype": "f32",
               "length": 8,
               "shared": false,
               "stamp": 40,
             },
           },
           "weight": Tensor {
             "dtype": "f32",
             "id": 1438,
             "inputs": [],
             "label": undefined,
             "operation": {
               "name": "data",
             },
             "retired": undefined,
             "shape": [
               8,
               8,
             ],
             "storage": {
               "array": undefined,
               "buffer": WasmBuffer {
                 "address": 17472,
                 "byteLength": 256,
               },
               "dtype": "f32",
               "length": 64,
               "shared": false,
               "stamp": 40,
             },
           },
         },
         {
           "bias": Tensor {
             "dtype": "f32",
             "id": 1441,
             "inputs": [],
             "label": undefined,
             "operation": {
               "name": "data",
             },
             "retired": undefined,
             "shape": [
               2,
             ],
             "storage": {
               "array": undefined,
               "buffer": WasmBuffer {
                 "address": 23104,
                 "byteLength": 8,
               },
               "dtype": "f32",
               "length": 2,
               "shared": false,
               "stamp": 40,
             },
           },
           "weight": Tensor {
             "dtype": "f32",
             "id": 1440,
             "inputs": [],
             "label": undefined,
             "operation": {
               "name": "data",
             },
             "retired": undefined,
             "shape": [
               8,
               2,
             ],
             "storage": {
               "array": undefined,
               "buffer": WasmBuffer {
                 "address": 22976,
                 "byteLength": 64,
               },
               "dtype": "f32",
               "length": 16,
               "shared": false,
               "stamp": 40,
             },
           },
         },
       ],
     },
     [Function],
     [
       {
         "message": "completed 2 epochs, 8 steps.",
         "name": "layer 0",
         "status": "completed",
         "steps": 8,
       },
       {
         "message": "completed 2 epochs, 8 steps.",
         "name": "layer 1",
         "status": "completed",
         "steps": 8,
       },
       {
         "message": "completed 2 epochs, 8 steps.",
         "name": "fine-tuning",
         "status": "completed",
         "steps": 8,
       },
     ],
   ]
 `);
 mlp({ sizes: [2, 8, 8, 2] });
});
