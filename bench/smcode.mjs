import { compile, fromArray, valueAndGrad } from "@opt/core";
import { softmaxCrossEntropy } from "@opt/nn";
import { inputs32, labels } from "./src/inputs.ts";
const B=128,C=1000,N=B*C;
const z=fromArray(inputs32(N,1).map(v=>v*8),[B,C]); const y=fromArray(labels(B,C),[B]);
const f=compile((z,y)=>valueAndGrad((at)=>softmaxCrossEntropy(at,y))(z));
f(z,y);
