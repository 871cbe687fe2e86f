export const shout = (text) => decodeURIComponent(text.slice(1)).toUpperCase()
